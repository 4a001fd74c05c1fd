package dev.cartd.stage;

import dev.cartd.cart.CartFile;
import dev.cartd.claim.Lanes;
import dev.cartd.claim.StepContext;
import dev.cartd.claim.UsedArchive;
import dev.cartd.limit.RequestLimit;
import dev.cartd.pull.Inbox;
import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveException;
import dev.cartd.system.Elapsed;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Tells archives that recalls are not needed any more: one request for each list of files, in the lanes of a step. A
 * refusal is an answer, too: what an archive has on its disk is its own business. For one thread.
 */
final class RecallRequests {
    private static final System.Logger LOG = System.getLogger(RecallRequests.class.getName());

    /** The longest wait for all answers. Requests that are out then go on: nobody needs their answers. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** The longest wait for an answer before a look whether the worker is closing. */
    private static final Duration POLL = Duration.ofMillis(100);

    private final StepContext context;
    private final Lanes lanes;

    /** @param lanes those for the files, in which nothing else is queued */
    RecallRequests(StepContext context, Lanes lanes) {
        this.context = context;
        this.lanes = lanes;
    }

    /** What is said about a recall. */
    @FunctionalInterface
    private interface Message {
        void send(Archive archive, Recall recall);
    }

    /** @param reached whether the archive has answered */
    private record Answer(Recall recall, boolean reached) {}

    /**
     * Says that these files are on the volume.
     *
     * @return which of them their archives have answered about; the others are away or slow
     */
    Predicate<CartFile> release(List<CartFile> files) {
        return send(files, (archive, recall) -> archive.release(recall.receipt(), recall.ids()));
    }

    /**
     * Says that nobody needs these files any more.
     *
     * @return as {@link #release}
     */
    Predicate<CartFile> cancel(List<CartFile> files) {
        return send(files, (archive, recall) -> archive.cancel(recall.receipt(), recall.ids()));
    }

    private Predicate<CartFile> send(List<CartFile> files, Message message) {
        Inbox<Answer> answers = new Inbox<>(context.clock());
        int sent = 0;
        for (UsedArchive archive : lanes.archives()) {
            if (!lanes.isLeftToOthers(archive)) {
                for (Recall part : parts(files, archive)) {
                    lanes.of(archive).add(() -> send(archive, part, message, answers));
                    sent++;
                }
            }
        }
        Map<String, Set<String>> reached = await(sent, answers);
        lanes.archives().forEach(archive -> lanes.of(archive).clear());
        return file -> reached.getOrDefault(file.receipt(), Set.of()).contains(file.archiveId());
    }

    private List<Recall> parts(List<CartFile> files, UsedArchive archive) {
        List<CartFile> own = files.stream()
                .filter(file -> context.archives().of(file) == archive)
                .toList();
        return Recall.of(own).stream()
                .flatMap(recall -> recall.parts(archive.archive().batch()).stream())
                .toList();
    }

    private static RequestLimit.Verdict send(
            UsedArchive archive, Recall recall, Message message, Inbox<Answer> answers) {
        boolean reached = true;
        try {
            message.send(archive.archive(), recall);
            return RequestLimit.Verdict.ANSWERED;
        } catch (ArchiveException e) {
            reached = !(e instanceof ArchiveException.Unreachable);
            LOG.log(System.Logger.Level.DEBUG, "a recall cannot be ended: {0}", archive.says(e.getMessage()));
            return e.isStrained() ? RequestLimit.Verdict.WRONG : RequestLimit.Verdict.NEUTRAL;
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a recall cannot be ended", e);
            return RequestLimit.Verdict.NEUTRAL;
        } finally {
            answers.add(new Answer(recall, reached));
        }
    }

    /** The ids that archives have answered about, by receipt. */
    private Map<String, Set<String>> await(int sent, Inbox<Answer> answers) {
        Map<String, Set<String>> reached = new HashMap<>();
        Elapsed waited = context.clock().measure();
        int left = sent;
        try {
            while (left > 0 && !waited.reached(PATIENCE) && !context.closing().getAsBoolean()) {
                Answer answer = answers.poll(POLL.toNanos());
                if (answer != null) {
                    left--;
                    if (answer.reached()) {
                        reached.computeIfAbsent(answer.recall().receipt(), any -> new HashSet<>())
                                .addAll(answer.recall().ids());
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return reached;
    }
}
