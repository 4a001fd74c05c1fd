package dev.cartd.stage;

import dev.cartd.cart.CartFile;
import dev.cartd.cart.FileStatus;
import dev.cartd.pull.RequestOutcome;
import dev.cartd.pull.Requester;
import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Asks for the status of files, and has the archive stage those that are not on disk and that it was not asked to
 * stage, or was asked long ago. Both requests are for as many files as the archive takes in one. Safe for use by many
 * threads.
 */
final class StatusRequest implements Requester {
    /** A stage request is repeated each time so long has passed, in case the archive has lost it. */
    private static final Duration ASK_AGAIN = Duration.ofHours(1);

    /**
     * The longest pause between steps of a cart that waits for tape. A stage request is repeated by a step that begins
     * within this time after a multiple of {@link #ASK_AGAIN}.
     */
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final Archive archive;
    private final InstantSource clock;
    private final long begun;

    /** For a step that begins now. */
    StatusRequest(Archive archive, InstantSource clock) {
        this.archive = archive;
        this.clock = clock;
        this.begun = clock.millis();
    }

    @Override
    public int batch() {
        return archive.batch();
    }

    @Override
    public List<RequestOutcome> ask(List<Integer> indexes, List<CartFile> files) {
        Map<String, Archive.Status> statuses = status(files);
        List<CartFile> seen =
                files.stream().map(file -> seen(file, answer(statuses, file))).toList();
        List<Optional<RequestOutcome>> outcomes = IntStream.range(0, files.size())
                .mapToObj(i -> outcome(files.get(i), answer(statuses, files.get(i)), seen.get(i)))
                .toList();
        Map<String, ArchiveException> failed = stage(IntStream.range(0, files.size())
                .filter(i -> outcomes.get(i).isEmpty())
                .mapToObj(seen::get)
                .toList());
        List<RequestOutcome> all = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            CartFile file = seen.get(i);
            all.add(outcomes.get(i).orElseGet(() -> staged(file, Optional.ofNullable(failed.get(file.archiveId())))));
        }
        return all;
    }

    private Map<String, Archive.Status> status(List<CartFile> files) {
        try {
            return archive.status(ids(files));
        } catch (ArchiveException e) {
            return forAll(files, new Archive.Failed(e));
        }
    }

    private Map<String, ArchiveException> stage(List<CartFile> files) {
        try {
            return files.isEmpty() ? Map.of() : archive.stage(ids(files));
        } catch (ArchiveException e) {
            return forAll(files, e);
        }
    }

    private static List<String> ids(List<CartFile> files) {
        return files.stream().map(CartFile::archiveId).distinct().toList();
    }

    private static <T> Map<String, T> forAll(List<CartFile> files, T answer) {
        return ids(files).stream().collect(Collectors.toMap(Function.identity(), id -> answer));
    }

    private static Archive.Status answer(Map<String, Archive.Status> statuses, CartFile file) {
        return Optional.ofNullable(statuses.get(file.archiveId()))
                .orElseGet(() -> new Archive.Failed(new ArchiveException.Refused("the archive gave no answer for it")));
    }

    private static CartFile seen(CartFile file, Archive.Status status) {
        return status instanceof Archive.Found found
                ? file.seen(found.size(), found.mtime(), found.medium() == Archive.Medium.DISK)
                : file;
    }

    /** The outcome for a file; empty if the archive is to stage it. */
    private Optional<RequestOutcome> outcome(CartFile file, Archive.Status status, CartFile seen) {
        boolean waits = file.status() == FileStatus.WAITING;
        if (status instanceof Archive.Failed failed) {
            // A refused status has no reason; a refused stage request does, and tells whether the file is missing.
            boolean isPlain = failed.why() instanceof ArchiveException.Refused
                    && !failed.why().isStrained();
            return waits && isPlain ? Optional.empty() : Optional.of(new RequestOutcome.Failed(failed.why(), false));
        }
        if (seen.online()) {
            return Optional.of(new RequestOutcome.Right(waits ? seen.asked(clock.millis()) : seen));
        }
        if (waits || isTimeToAskAgain(file)) {
            return Optional.empty();
        }
        return Optional.of(
                status instanceof Archive.Found found && found.medium() == Archive.Medium.ERROR
                        ? new RequestOutcome.Failed(
                                new ArchiveException.Refused("the archive cannot read it any more"), false)
                        : new RequestOutcome.Right(seen));
    }

    private RequestOutcome staged(CartFile file, Optional<ArchiveException> failed) {
        boolean first = file.status() == FileStatus.WAITING;
        return failed.<RequestOutcome>map(why -> new RequestOutcome.Failed(why, false))
                .orElseGet(() -> new RequestOutcome.Right(first ? file.asked(clock.millis()) : file));
    }

    private boolean isTimeToAskAgain(CartFile file) {
        long waited = begun - file.asked();
        return file.isAsked()
                && waited > ASK_AGAIN.toMillis()
                && waited % ASK_AGAIN.toMillis() < LONGEST_PAUSE.toMillis();
    }
}
