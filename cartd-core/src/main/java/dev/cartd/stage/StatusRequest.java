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
import java.util.HashMap;
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
        Map<String, Archive.Status> statuses = withFailures(status(files), files);
        List<CartFile> seen =
                files.stream().map(file -> seen(file, answer(statuses, file))).toList();
        List<Optional<RequestOutcome>> outcomes = IntStream.range(0, files.size())
                .mapToObj(i -> outcome(files.get(i), answer(statuses, files.get(i)), seen.get(i)))
                .toList();
        Archive.Staged staged = stage(IntStream.range(0, files.size())
                .filter(i -> outcomes.get(i).isEmpty())
                .mapToObj(seen::get)
                .toList());
        List<RequestOutcome> all = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            CartFile file = seen.get(i);
            all.add(outcomes.get(i).orElseGet(() -> staged(file, staged)));
        }
        return all;
    }

    private Map<String, Archive.Status> status(List<CartFile> files) {
        try {
            return archive.status(ids(files));
        } catch (ArchiveException e) {
            return forAll(ids(files), new Archive.Failed(e));
        }
    }

    /** These answers, and for files still on tape those of the recalls that were to bring them to disk. */
    private Map<String, Archive.Status> withFailures(Map<String, Archive.Status> statuses, List<CartFile> files) {
        List<CartFile> recalled = files.stream()
                .filter(CartFile::isOnTape)
                .filter(file ->
                        answer(statuses, file) instanceof Archive.Found found && found.medium() == Archive.Medium.TAPE)
                .toList();
        Map<String, Archive.Status> all = new HashMap<>(statuses);
        Optional<ArchiveException> away = Optional.empty();
        for (Recall recall : Recall.of(recalled)) {
            Map<String, ArchiveException> failures =
                    away.isPresent() ? forAll(recall.ids(), away.get()) : failures(recall);
            failures.forEach((id, why) -> all.put(id, new Archive.Failed(why)));
            // One that cannot be reached is not waited for again: this is one request.
            away = away.or(() -> failures.values().stream()
                    .filter(ArchiveException.Unreachable.class::isInstance)
                    .findFirst());
        }
        return all;
    }

    private Map<String, ArchiveException> failures(Recall recall) {
        try {
            return archive.failures(recall.receipt(), recall.ids());
        } catch (ArchiveException e) {
            return forAll(recall.ids(), e);
        }
    }

    private Archive.Staged stage(List<CartFile> files) {
        if (files.isEmpty()) {
            return new Archive.Staged(Optional.empty(), Map.of());
        }
        try {
            Archive.Staged staged = archive.stage(ids(files));
            staged.receipt().ifPresent(receipt -> cancelOthers(receipt, files));
            return staged;
        } catch (ArchiveException e) {
            return new Archive.Staged(Optional.empty(), forAll(ids(files), e));
        }
    }

    /** Ends earlier recalls of these files, in whose place this one is. */
    private void cancelOthers(String receipt, List<CartFile> files) {
        for (Recall recall : Recall.of(files)) {
            if (!recall.receipt().equals(receipt)) {
                try {
                    archive.cancel(recall.receipt(), recall.ids());
                } catch (ArchiveException.Unreachable e) {
                    return; // It is not waited for once more for each recall.
                } catch (ArchiveException e) {
                    // The archive may not know it any more: that is why the files are asked for again.
                }
            }
        }
    }

    private static List<String> ids(List<CartFile> files) {
        return files.stream().map(CartFile::archiveId).distinct().toList();
    }

    private static <T> Map<String, T> forAll(List<String> ids, T answer) {
        return ids.stream().collect(Collectors.toMap(Function.identity(), id -> answer));
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

    private RequestOutcome staged(CartFile file, Archive.Staged staged) {
        Optional<ArchiveException> failed = Optional.ofNullable(staged.failed().get(file.archiveId()));
        return failed.<RequestOutcome>map(why -> new RequestOutcome.Failed(why, false))
                .orElseGet(() -> new RequestOutcome.Right(asked(file, staged.receipt())));
    }

    private CartFile asked(CartFile file, Optional<String> receipt) {
        CartFile asked = file.status() == FileStatus.WAITING ? file.asked(clock.millis()) : file;
        return receipt.map(asked::recalled).orElse(asked);
    }

    private boolean isTimeToAskAgain(CartFile file) {
        long waited = begun - file.asked();
        return file.isAsked()
                && waited > ASK_AGAIN.toMillis()
                && waited % ASK_AGAIN.toMillis() < LONGEST_PAUSE.toMillis();
    }
}
