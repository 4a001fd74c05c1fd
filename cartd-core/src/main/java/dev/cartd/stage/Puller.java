package dev.cartd.stage;

import dev.cartd.bundle.TarLayout;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveException;
import dev.cartd.volume.Volume;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * Pulls the files of one cart during one step: a streamed cart's each to a name of its own that is then renamed into the
 * tree, a bundled cart's straight to their places in the tar.
 */
final class Puller implements Round.Work, AutoCloseable {
    /** How long a pull goes on while others starve. */
    private static final Duration TURN = Duration.ofSeconds(5);

    private final Archive archive;
    private final Volume volume;
    private final Cart cart;
    private final int buffer;
    private final RequestLimit.Lane lane;
    private final Optional<Tar> tar;
    private final Map<Integer, Pull> pulls = new ConcurrentHashMap<>();
    private volatile boolean cancelled;

    private record Tar(FileChannel channel, TarLayout layout) {}

    private Puller(Archive archive, Volume volume, Cart cart, int buffer, RequestLimit.Lane lane, Optional<Tar> tar) {
        this.archive = archive;
        this.volume = volume;
        this.cart = cart;
        this.buffer = buffer;
        this.lane = lane;
        this.tar = tar;
    }

    /** For a streamed cart. */
    static Puller toTree(Archive archive, Volume volume, Cart cart, int buffer, RequestLimit.Lane lane) {
        return new Puller(archive, volume, cart, buffer, lane, Optional.empty());
    }

    /** For a bundled cart, whose unfinished tar is made if it is not there. */
    static Puller toTar(Archive archive, Volume volume, Cart cart, int buffer, RequestLimit.Lane lane, TarLayout layout)
            throws IOException {
        FileChannel channel =
                FileChannel.open(volume.part(cart, 0), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        return new Puller(archive, volume, cart, buffer, lane, Optional.of(new Tar(channel, layout)));
    }

    @Override
    public Answer ask(int index, CartFile file) {
        Pull pull = pulls.computeIfAbsent(index, i -> new Pull(archive, file, buffer));
        if (cancelled) {
            pull.cancel();
        }
        try {
            if (!pullInto(pull, file)) {
                return new Answer.Yielded(index);
            }
            pulls.remove(index);
            return new Answer.Right(index, file.staged());
        } catch (ArchiveException e) {
            return new Answer.Failed(index, e, pull.cameFar());
        } catch (IOException e) {
            return new Answer.Broken(index, e);
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        pulls.values().forEach(Pull::cancel);
    }

    @Override
    public void close() throws IOException {
        if (tar.isPresent()) {
            tar.get().channel().close();
        }
    }

    private boolean pullInto(Pull pull, CartFile file) throws IOException {
        long until = System.nanoTime() + TURN.toNanos();
        BooleanSupplier yield = () -> System.nanoTime() - until > 0 && lane.othersStarve();
        if (tar.isPresent()) {
            Tar to = tar.get();
            return pull.run(to.channel(), to.layout().offset(file), yield);
        }
        Path part = volume.part(cart, file.id());
        try (FileChannel to = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (!pull.run(to, 0, yield)) {
                return false;
            }
        }
        volume.place(cart, file, part);
        return true;
    }
}
