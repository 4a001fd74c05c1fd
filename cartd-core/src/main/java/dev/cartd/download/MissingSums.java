package dev.cartd.download;

import dev.cartd.bundle.BundleFormat;
import dev.cartd.bundle.Contents;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Checksum;
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
 * Computes the checksums that a format needs and that nobody computed when the files were pulled: the CRC-32s for the
 * zip of files that Pacifica Cartd pulled, or cartd before there were zips; the SHA-256s for the bag of a cart with
 * hashes of several types. A pass reads the files of one cart, in the background, one cart after the other, and records
 * what it computed about once a second; so a pass that is broken off is continued by the next one. It compares the
 * hashes of the files too: a checksum of wrong bytes would make them look right for ever. It ends when its cart is not
 * ready any more, and after {@link #LONGEST}, so that other carts have their turn. Safe for use by many threads.
 */
final class MissingSums implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(MissingSums.class.getName());
    private static final Duration RECORD_EVERY = Duration.ofSeconds(1);
    private static final int BUFFER = 256 << 10;

    /** After this time a pass begins no further file; whoever asks again has it continued. */
    static final Duration LONGEST = Duration.ofHours(1);

    /** The most passes that wait or run. */
    private static final int MOST = 100;

    /** A file has not the bytes that it must have. */
    private static final class Wrong extends Exception {
        private static final long serialVersionUID = 1;
        private final String what;

        Wrong(String what) {
            this.what = what;
        }
    }

    private record Key(long cart, BundleFormat format) {}

    private final DownloadGuard guard;
    private final CartStore store;
    private final Timeline timeline;
    private final ExecutorService thread;

    /** The passes that wait or run. */
    private final Map<Key, Pass> passes = new HashMap<>();

    MissingSums(DownloadGuard guard, CartStore store, Timeline timeline) {
        this.guard = guard;
        this.store = store;
        this.timeline = timeline;
        this.thread = timeline.threads("cartd-sums", 1);
    }

    /** How far the pass over this cart for this format is, in words for people; empty if there is none now. */
    synchronized Optional<String> progress(Cart cart, BundleFormat format) {
        return Optional.ofNullable(passes.get(new Key(cart.id(), format))).map(Pass::progress);
    }

    /**
     * Begins a pass over these files of a cart, unless there is one already.
     *
     * @param use is closed when the pass ends, or at once if none begins
     * @return how far it is, in words for people
     * @throws CartException.Unavailable if too many carts wait already, or the process stops
     */
    String begin(Cart cart, BundleFormat format, List<CartFile> files, FileSource source, Layouts.Use use) {
        boolean begun = false;
        Key key = new Key(cart.id(), format);
        Pass pass = new Pass(cart, format, files, source);
        try {
            synchronized (this) {
                Pass before = passes.get(key);
                if (before != null) {
                    return before.progress();
                }
                if (passes.size() == MOST) {
                    throw new CartException.Unavailable("Too many carts wait for the checksums that their "
                            + pass.word() + "s need, try again later.");
                }
                thread.execute(() -> run(key, pass, use));
                passes.put(key, pass);
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

    private void run(Key key, Pass pass, Layouts.Use use) {
        Cart cart = pass.cart;
        try {
            guard.pin(cart);
            try {
                pass.run();
            } finally {
                guard.release(cart);
            }
        } catch (CartException.Unavailable | IOException e) {
            if (!thread.isShutdown()) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the checksums that the {0} of cart {1} needs cannot be computed now: {2}",
                        pass.word(),
                        Long.toString(cart.id()),
                        FailureText.of(e));
            }
        } catch (CartException e) {
            LOG.log(System.Logger.Level.DEBUG, "cart " + cart.id() + " needs no checksums any more", e);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the checksums of cart " + cart.id() + " cannot be computed", e);
        } finally {
            synchronized (this) {
                passes.remove(key);
            }
            use.close();
        }
    }

    /** Ends the work; what is recorded stays. */
    @Override
    public void close() {
        thread.shutdownNow();
    }

    /** One reading of the files of a cart. All but {@link #progress} is for one thread. */
    private final class Pass {
        private final Cart cart;
        private final BundleFormat format;
        private final List<CartFile> files;
        private final FileSource source;
        private final AtomicInteger done = new AtomicInteger();
        private final List<CartFile> unrecorded = new ArrayList<>();
        private final Elapsed sinceBegin = timeline.measure();
        private final Elapsed sinceRecord = timeline.measure();

        Pass(Cart cart, BundleFormat format, List<CartFile> files, FileSource source) {
            this.cart = cart;
            this.format = format;
            this.files = files;
            this.source = source;
        }

        String word() {
            return format == BundleFormat.ZIP ? "zip" : "bag";
        }

        String progress() {
            return "The " + word() + " is not ready for download: the checksums that it needs are being computed, of "
                    + done + " of " + files.size() + " files so far.";
        }

        void run() throws IOException {
            sinceBegin.restart();
            sinceRecord.restart();
            try (Contents contents = source.open()) {
                for (CartFile file : files) {
                    unrecorded.add(withSums(file, contents));
                    done.incrementAndGet();
                    if (sinceBegin.reached(LONGEST)) {
                        break;
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
            record();
        }

        /** Records what was computed, at most once a second. Ends the pass if the cart is not what it was. */
        private void recordIfDue() {
            if (sinceRecord.reached(RECORD_EVERY)) {
                record();
                boolean isWanted = store.live(cart.uid()).stream()
                        .anyMatch(live -> live.id() == cart.id()
                                && live.status() == CartStatus.READY
                                && live.epoch() == cart.epoch());
                if (!isWanted) {
                    throw new CartException.NotFound();
                }
                sinceRecord.restart();
            }
        }

        private void record() {
            store.recordSums(cart.id(), unrecorded);
            unrecorded.clear();
        }

        private CartFile withSums(CartFile file, Contents contents) throws IOException, Wrong {
            CRC32 crc = new CRC32();
            MessageDigest sha256 = Checksum.sha256();
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
                    if (format == BundleFormat.BAGIT) {
                        sha256.update(buffer.array(), 0, read);
                    }
                    count += read;
                    recordIfDue();
                }
            }
            if (count != file.size()) {
                throw new Wrong("file " + file.path() + " has " + count + " bytes, " + file.size() + " expected");
            }
            requireRight(file, digest);
            CartFile found = file.withCrc(crc.getValue());
            return format == BundleFormat.BAGIT ? found.withSha256(Optional.of(hex(sha256))) : found;
        }
    }

    private static void requireRight(CartFile file, Optional<MessageDigest> digest) throws Wrong {
        Checksum expected = file.checksum();
        String value = digest.map(MissingSums::hex).orElse(expected.value());
        if (!value.equals(expected.value())) {
            throw new Wrong("the " + expected.type() + " of file " + file.path() + " is " + value + ", expected "
                    + expected.value());
        }
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }
}
