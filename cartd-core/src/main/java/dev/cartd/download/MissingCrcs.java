package dev.cartd.download;

import dev.cartd.bundle.Contents;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.FailureText;
import dev.cartd.spi.CartStore;
import dev.cartd.system.Elapsed;
import dev.cartd.system.Timeline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;

/**
 * Computes the CRC-32s that a zip needs and that nobody computed when the files were pulled: those of Pacifica Cartd,
 * and of versions of cartd before there were zips. A pass reads the files of one cart, in the background, one cart
 * after the other, and records what it computed about once a second; so a pass that is broken off is continued by the
 * next one. It hashes the files too: a CRC-32 of wrong bytes would make them look right for ever. Safe for use by many
 * threads.
 */
final class MissingCrcs implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(MissingCrcs.class.getName());
    private static final Duration RECORD_EVERY = Duration.ofSeconds(1);
    private static final int BUFFER = 256 << 10;

    /** The most carts that wait or are read. */
    private static final int MOST = 100;

    /** A file has not the bytes that it must have. */
    private static final class Wrong extends Exception {
        private static final long serialVersionUID = 1;
        private final String what;

        Wrong(String what) {
            this.what = what;
        }
    }

    private static final class Pass {
        private final int files;
        private final AtomicInteger done = new AtomicInteger();

        Pass(int files) {
            this.files = files;
        }

        String progress() {
            return "The zip is not ready for download: the checksums that it needs are being computed, of " + done
                    + " of " + files + " files so far.";
        }
    }

    private final DownloadGuard guard;
    private final CartStore store;
    private final Timeline timeline;
    private final ExecutorService thread;

    /** The carts that wait or are read, by their numbers. */
    private final Map<Long, Pass> passes = new HashMap<>();

    MissingCrcs(DownloadGuard guard, CartStore store, Timeline timeline) {
        this.guard = guard;
        this.store = store;
        this.timeline = timeline;
        this.thread = timeline.threads("cartd-crc", 1);
    }

    /** How far the pass over this cart is, in words for people; empty if there is none now. */
    synchronized Optional<String> progress(Cart cart) {
        return Optional.ofNullable(passes.get(cart.id())).map(Pass::progress);
    }

    /**
     * Begins a pass over these files of a cart, unless there is one already.
     *
     * @param use is closed when the pass ends, or at once if none begins
     * @return how far it is, in words for people
     * @throws CartException.Unavailable if too many carts wait already, or the process stops
     */
    String begin(Cart cart, List<CartFile> files, FileSource source, Layouts.Use use) {
        boolean begun = false;
        Pass pass = new Pass(files.size());
        try {
            synchronized (this) {
                Pass before = passes.get(cart.id());
                if (before != null) {
                    return before.progress();
                }
                if (passes.size() == MOST) {
                    throw new CartException.Unavailable(
                            "Too many carts wait for the checksums that their zips need, try again later.");
                }
                thread.execute(() -> run(cart, files, source, pass, use));
                passes.put(cart.id(), pass);
                begun = true;
            }
            return pass.progress();
        } catch (RejectedExecutionException e) {
            throw new CartException.Unavailable("The server is stopping.", e);
        } finally {
            if (!begun) {
                use.close();
            }
        }
    }

    private void run(Cart cart, List<CartFile> files, FileSource source, Pass pass, Layouts.Use use) {
        try {
            guard.pin(cart);
            try {
                compute(cart, files, source, pass);
            } finally {
                guard.release(cart);
            }
        } catch (CartException.Unavailable | IOException e) {
            if (!thread.isShutdown()) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the checksums that the zip of cart {0} needs cannot be computed now: {1}",
                        Long.toString(cart.id()),
                        FailureText.of(e));
            }
        } catch (CartException e) {
            LOG.log(System.Logger.Level.DEBUG, "cart " + cart.id() + " needs no checksums any more", e);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the checksums of cart " + cart.id() + " cannot be computed", e);
        } finally {
            synchronized (this) {
                passes.remove(cart.id());
            }
            use.close();
        }
    }

    private void compute(Cart cart, List<CartFile> files, FileSource source, Pass pass) throws IOException {
        List<CartFile> found = new ArrayList<>();
        Elapsed sinceRecord = timeline.measure();
        try (Contents contents = source.open()) {
            for (CartFile file : files) {
                found.add(file.withCrc(crc(file, contents)));
                pass.done.incrementAndGet();
                if (sinceRecord.reached(RECORD_EVERY)) {
                    store.recordCrcs(cart.id(), found);
                    found.clear();
                    sinceRecord.restart();
                }
            }
        } catch (Wrong e) {
            throw guard.damaged(cart, e.what);
        } catch (IOException e) {
            Optional<String> damage = thread.isShutdown() ? Optional.empty() : source.damage(files);
            if (damage.isPresent()) {
                throw guard.damaged(cart, damage.get());
            }
            throw e;
        }
        store.recordCrcs(cart.id(), found);
    }

    private static long crc(CartFile file, Contents contents) throws IOException, Wrong {
        CRC32 crc = new CRC32();
        // Rows of Pacifica Cartd may have hashes that are none: there is nothing to compare their files with.
        Optional<MessageDigest> digest = file.checksum().problem().isPresent()
                ? Optional.empty()
                : Optional.of(file.checksum().newDigest());
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.max(1, Math.min(BUFFER, file.size())));
        long count = 0;
        try (SeekableByteChannel channel = contents.open(file)) {
            while (channel.read(buffer.clear()) > 0) {
                int read = buffer.position();
                crc.update(buffer.array(), 0, read);
                digest.ifPresent(hash -> hash.update(buffer.array(), 0, read));
                count += read;
            }
        }
        if (count != file.size()) {
            throw new Wrong("file " + file.path() + " has " + count + " bytes, " + file.size() + " expected");
        }
        String value = digest.map(hash -> HexFormat.of().formatHex(hash.digest()))
                .orElse(file.checksum().value());
        if (!value.equals(file.checksum().value())) {
            throw new Wrong("the " + file.checksum().type() + " of file " + file.path() + " is " + value + ", expected "
                    + file.checksum().value());
        }
        return crc.getValue();
    }

    /** Ends the work; what is recorded stays. */
    @Override
    public void close() {
        thread.shutdownNow();
    }
}
