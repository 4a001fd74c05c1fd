package dev.cartd.stage;

import dev.cartd.cart.Outage;
import dev.cartd.cart.Wait;
import dev.cartd.claim.UsedArchive;
import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveException;
import java.io.InputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * An archive of a worker, asked by the ids that carts have, with a log of its outages: one line when it cannot be
 * reached, and one when it can again. Any answer ends an outage, a refusal too. Safe for use by many threads, as the
 * archive is.
 */
final class WatchedArchive implements Archive {
    /** Shorter outages are not logged: the next try of a file succeeds. */
    private static final Duration SHORTEST = Duration.ofSeconds(2);

    private final String name;
    private final String prefix;
    private final Archive archive;
    private final BooleanSupplier closing;
    private final Outage outage;

    /**
     * @param name its name, which the ids of its files begin with; empty for the default archive
     * @param closing whether the worker is closing, which ends requests on purpose
     */
    WatchedArchive(String name, Archive archive, BooleanSupplier closing, InstantSource clock) {
        this.name = name;
        this.prefix = name.isEmpty() ? "" : name + ":";
        this.archive = archive;
        this.closing = closing;
        this.outage = new Outage(
                SHORTEST,
                clock,
                new OutageLog(
                        Wait.Kind.ARCHIVE,
                        name.isEmpty() ? "the archive is back" : "archive " + name + " is back",
                        clock));
    }

    /** The outage of the archive, as far as requests and the check have shown it. */
    Optional<Outage.Away> away() {
        return outage.now();
    }

    /** Logs an outage that the check finds, at once. A check that finds none does not end an outage. */
    @Override
    public void check() {
        try {
            archive.check();
        } catch (ArchiveException.Unreachable e) {
            outage.found(UsedArchive.says(name, e.getMessage()));
        }
    }

    @Override
    public void stage(String id) {
        ask(() -> {
            archive.stage(own(id));
            return id;
        });
    }

    @Override
    public Found status(String id) {
        return ask(() -> archive.status(own(id)));
    }

    @Override
    public int batch() {
        return archive.batch();
    }

    @Override
    public Staged stage(List<String> ids) {
        return ask(() -> {
            Staged staged = archive.stage(own(ids));
            return new Staged(staged.receipt(), withPrefix(staged.failed()));
        });
    }

    @Override
    public Map<String, Status> status(List<String> ids) {
        return ask(() -> withPrefix(archive.status(own(ids))));
    }

    @Override
    public Map<String, ArchiveException> failures(String receipt, List<String> ids) {
        return ask(() -> withPrefix(archive.failures(receipt, own(ids))));
    }

    @Override
    public void release(String receipt, List<String> ids) {
        ask(() -> {
            archive.release(receipt, own(ids));
            return receipt;
        });
    }

    @Override
    public void cancel(String receipt, List<String> ids) {
        ask(() -> {
            archive.cancel(receipt, own(ids));
            return receipt;
        });
    }

    @Override
    public InputStream pull(String id, long from, long size) {
        return ask(() -> archive.pull(own(id), from, size));
    }

    private String own(String id) {
        return id.substring(prefix.length());
    }

    private List<String> own(List<String> ids) {
        return prefix.isEmpty() ? ids : ids.stream().map(this::own).toList();
    }

    private <T> Map<String, T> withPrefix(Map<String, T> answers) {
        if (prefix.isEmpty()) {
            return answers;
        }
        Map<String, T> prefixed = new HashMap<>();
        answers.forEach((id, answer) -> prefixed.put(prefix + id, answer));
        return prefixed;
    }

    /** Does nothing: the archive belongs to whoever made the worker. */
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
                outage.failed(ended, UsedArchive.says(name, e.getMessage()));
            }
            throw e;
        } catch (ArchiveException e) {
            outage.worked();
            throw e;
        }
    }
}
