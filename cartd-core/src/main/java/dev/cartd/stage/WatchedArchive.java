package dev.cartd.stage;

import dev.cartd.cart.Outage;
import dev.cartd.cart.Wait;
import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveException;
import java.io.InputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The archive as all carts of a worker see it: the log says once when it cannot be reached and once when it can again.
 * Any answer proves that it is there, a refusal too.
 */
final class WatchedArchive implements Archive {
    /** What lasts shorter is met by the next try of a file. */
    private static final Duration SHORTEST = Duration.ofSeconds(2);

    private final Archive archive;
    private final BooleanSupplier closing;
    private final Outage outage;

    /** @param closing whether requests are being cut on purpose */
    WatchedArchive(Archive archive, BooleanSupplier closing, InstantSource clock) {
        this.archive = archive;
        this.closing = closing;
        this.outage = new Outage(SHORTEST, clock, new OutageLog(Wait.Kind.ARCHIVE, "the archive is back", clock));
    }

    /** What it says for certain needs no second try to be believed; that it fails to say so proves nothing. */
    @Override
    public void check() {
        try {
            archive.check();
        } catch (ArchiveException.Unreachable e) {
            outage.found(e.getMessage());
        }
    }

    @Override
    public void stage(String id) {
        ask(() -> {
            archive.stage(id);
            return id;
        });
    }

    @Override
    public Found status(String id) {
        return ask(() -> archive.status(id));
    }

    @Override
    public InputStream pull(String id, long from, long size) {
        return ask(() -> archive.pull(id, from, size));
    }

    /** Nothing: it is not this worker's. */
    @Override
    public void close() {}

    private <T> T ask(Supplier<T> request) {
        int ended = outage.ended();
        try {
            T answer = request.get();
            outage.worked();
            return answer;
        } catch (ArchiveException.Unreachable e) {
            boolean onPurpose = closing.getAsBoolean() || Thread.currentThread().isInterrupted();
            if (!onPurpose) {
                outage.failed(ended, e.getMessage());
            }
            throw e;
        } catch (ArchiveException e) {
            outage.worked();
            throw e;
        }
    }
}
