package dev.cartd.stage;

import dev.cartd.bundle.TarLayout;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.spi.ArchiveException;
import dev.cartd.volume.Part;
import dev.cartd.volume.Parts;
import dev.cartd.volume.Volume;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;

/**
 * Pulls the files of one cart during one step: a streamed cart's each to a name of its own that is then renamed into the
 * tree, a bundled cart's straight to their places in the tar. What an earlier process left of a large file is hashed and
 * gone on with.
 */
final class Puller implements Round.Work, AutoCloseable {
    /** How long a pull goes on while others starve. */
    private static final Duration TURN = Duration.ofSeconds(1);

    /** In a tar, how far a smaller file was is not noted: pulling it again is cheaper. */
    private static final long NOTED = 16 << 20;

    private final CartWorker worker;
    private final Cart cart;
    private final Parts parts;
    private final RequestLimit.Lane lane;
    private final Optional<Tar> tar;
    private final Map<Integer, Pull> pulls = new ConcurrentHashMap<>();
    private final Queue<Path> placed = new ConcurrentLinkedQueue<>();
    private volatile boolean cancelled;

    private record Tar(Part part, TarLayout layout) {}

    private Puller(CartWorker worker, Cart cart, Parts parts, RequestLimit.Lane lane, Optional<Tar> tar) {
        this.worker = worker;
        this.cart = cart;
        this.parts = parts;
        this.lane = lane;
        this.tar = tar;
    }

    /** For a streamed cart. */
    static Puller toTree(CartWorker worker, Ledger ledger, Parts parts, RequestLimit.Lane lane) {
        return new Puller(worker, ledger.cart(), parts, lane, Optional.empty());
    }

    /** For a bundled cart, whose unfinished tar is made if it is not there. */
    static Puller toTar(CartWorker worker, Ledger ledger, Parts parts, RequestLimit.Lane lane, TarLayout layout)
            throws IOException {
        Part part = parts.open(Volume.TAR, new TarRescue(layout, ledger.files()));
        return new Puller(worker, ledger.cart(), parts, lane, Optional.of(new Tar(part, layout)));
    }

    @Override
    public Answer ask(int index, CartFile file) {
        Pull pull = pulls.computeIfAbsent(index, i -> new Pull(worker.archive, file, worker.settings.buffer()));
        if (cancelled) {
            pull.cancel();
        }
        try {
            if (!(tar.isPresent() ? pullIntoTar(pull, file, tar.get()) : pullIntoTree(pull, file))) {
                return new Answer.Yielded(index);
            }
            pulls.remove(index);
            return new Answer.Right(index, file.staged());
        } catch (ArchiveException e) {
            // What is broken off on purpose says nothing about the archive.
            return cancelled ? new Answer.Yielded(index) : new Answer.Failed(index, e, pull.cameFar());
        } catch (IOException e) {
            pulls.remove(index);
            return new Answer.Broken(index, e);
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        pulls.values().forEach(Pull::cancel);
    }

    /** Waits until all that was pulled, and these files, are on the medium. */
    void sync(List<Path> others) throws IOException {
        if (tar.isPresent()) {
            tar.get().part().channel().force(true);
        }
        worker.volume.sync(placed);
        worker.volume.sync(others);
    }

    @Override
    public void close() throws IOException {
        if (tar.isPresent()) {
            tar.get().part().close();
        }
    }

    private BooleanSupplier turn() {
        long until = System.nanoTime() + TURN.toNanos();
        return () -> System.nanoTime() - until > 0 && lane.othersStarve();
    }

    private boolean pullIntoTree(Pull pull, CartFile file) throws IOException {
        Part part = parts.open(file.id());
        boolean whole = false;
        try {
            FileChannel to = part.channel();
            if (part.inherited()) {
                pull.inherit(to.size());
            }
            if (pull.run(to, 0, turn(), position -> {})) {
                to.truncate(file.size());
                worker.volume.place(cart, file, part.path());
                placed.add(worker.volume.place(cart, file));
                whole = true;
            }
        } finally {
            if (whole) {
                part.close();
            } else {
                keep(file.id(), part, pull.position());
            }
        }
        return whole;
    }

    /** What turned out to be wrong goes: the next step would take it for a good beginning, again and again. */
    private void keep(long number, Part part, long good) throws IOException {
        try {
            part.channel().truncate(good);
        } finally {
            parts.keep(number, part);
        }
    }

    private boolean pullIntoTar(Pull pull, CartFile file, Tar to) throws IOException {
        FileChannel channel = to.part().channel();
        long offset = to.layout().offset(file);
        if (file.size() < NOTED) {
            return pull.run(channel, offset, turn(), position -> {});
        }
        Part note = parts.open(file.id());
        boolean whole = false;
        try {
            if (note.inherited() && to.part().inherited()) {
                pull.inherit(read(note));
            }
            whole = pull.run(channel, offset, turn(), position -> write(note, position));
        } finally {
            keep(file.id(), note, pull.position() == 0 ? 0 : Long.BYTES);
            if (whole) {
                parts.drop(file.id());
            }
        }
        return whole;
    }

    private static long read(Part note) throws IOException {
        ByteBuffer position = ByteBuffer.allocate(Long.BYTES);
        return note.channel().read(position, 0) == Long.BYTES ? position.flip().getLong() : 0;
    }

    private static void write(Part note, long position) throws IOException {
        note.channel().write(ByteBuffer.allocate(Long.BYTES).putLong(position).flip(), 0);
    }
}
