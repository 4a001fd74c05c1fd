package dev.cartd.pull;

import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.FileStatus;
import dev.cartd.cart.Outage;
import dev.cartd.cart.Wait;
import dev.cartd.claim.ClaimedCart;
import dev.cartd.claim.StageSettings;
import dev.cartd.claim.StepContext;
import dev.cartd.claim.StepStopped;
import dev.cartd.claim.UsedArchive;
import dev.cartd.limit.RequestLimit;
import dev.cartd.system.Elapsed;
import dev.cartd.system.Timeline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PrimitiveIterator;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Sends requests to one archive for the given files of a cart, many at once, repeats those that failed, and has the
 * outcomes applied to the {@link ClaimedCart}. A request is for one file, or for a list of files if the {@link Requester}
 * allows that. All decisions are made on the thread that calls {@link #run}. Only the requests run on threads of the
 * {@link RequestLimit}. A request that writes to the volume has ended when {@link #run} returns, unless it hangs while
 * the worker is closing. {@link SentRequest} is one request, {@link RoundOutcomes} what follows from its outcomes.
 *
 * <p>For one thread.
 */
public final class RequestRound {
    /** The most requests of this round that are in the lane or out at a time: each of them takes memory. */
    private static final int AHEAD = 64;

    /** The most requests for long lists of files that are in the lane or out at a time. */
    private static final int LISTS_AHEAD = 8;

    /** The number of changed files that are recorded at once, even before {@link #SAVE_EVERY} has passed. */
    private static final int SAVE_AT = 1000;

    /** How long changes wait to be recorded together: if the process dies before, their work is done again. */
    private static final Duration SAVE_EVERY = Duration.ofMillis(50);

    /** How often the claim is checked while there is nothing to record. */
    private static final Duration CHECK_CLAIM_EVERY = Duration.ofMillis(500);

    /** The longest wait for an outcome before the round looks whether the worker is closing. */
    private static final Duration POLL = Duration.ofMillis(100);

    /** How long a worker that is closing waits for requests that are out. */
    private static final Duration LAST_WAIT = Duration.ofSeconds(2);

    private final ClaimedCart claimed;
    private final UsedArchive archive;
    private final RequestLimit.Lane lane;
    private final StageSettings settings;
    private final BooleanSupplier closing;
    private final Timeline clock;
    private final Inbox<SentRequest> ended;
    private final Retries retries;
    private final RoundOutcomes outcomes;
    private final AskingThreads threads = new AskingThreads();
    private final Elapsed sinceSave;
    private int handedOver;
    private boolean unsent;
    private boolean answered;

    /** @param verb completes the message of a failed cart, {@code Failed to <verb> file ...} */
    public RequestRound(
            StepContext context, ClaimedCart claimed, UsedArchive archive, RequestLimit.Lane lane, String verb) {
        this.claimed = claimed;
        this.archive = archive;
        this.lane = lane;
        this.settings = claimed.settings().withRetries(archive.settings().retries());
        this.closing = context.closing();
        this.clock = context.clock();
        this.ended = new Inbox<>(clock);
        this.retries = new Retries(settings, clock);
        this.outcomes = new RoundOutcomes(context, claimed, archive, settings, retries, verb, this::sendAgain);
        this.sinceSave = clock.measure();
    }

    /**
     * Sends requests for all of these files until all have a final outcome or the time slice of the settings is over;
     * then waits for requests that are out. The last outcomes are not recorded yet.
     *
     * @return whether all files have a final outcome, so that the next phase of the step can begin
     * @throws StepStopped if the cart failed, is no longer this step's, or has no room, or the worker is closing
     * @throws CartException.Unavailable if the store cannot be reached
     */
    public boolean run(PrimitiveIterator.OfInt indexes, Requester requester) throws StepStopped {
        long until = clock.nanos() + settings.slice().toNanos();
        boolean complete = false;
        try {
            complete = loop(indexes, requester, until);
            return complete;
        } finally {
            if (!complete) {
                handedOver -= lane.clear();
                requester.cancel();
                if (requester.writes()) {
                    waitForRequests();
                } else {
                    threads.interrupt(); // So that other carts get the permits at once.
                }
            }
        }
    }

    /**
     * Sends nothing, since the archive is away: the cart waits for it, or fails if it has waited for as long as
     * allowed.
     *
     * @return whether there are no such files
     * @throws StepStopped if the cart failed
     */
    public boolean skip(PrimitiveIterator.OfInt indexes) throws StepStopped {
        Optional<Outage.Away> outage = archive.outage();
        unsent = indexes.hasNext();
        if (unsent && outage.isPresent()) {
            outcomes.archiveAway(indexes.nextInt(), outage.get().reason());
        }
        return !unsent;
    }

    /** Whether the wait is for this round's archive, or for something that all archives need. */
    public boolean concerns(Wait wait) {
        return outcomes.concerns(wait);
    }

    /** Whether any request of this round had an outcome, right or wrong. */
    public boolean answered() {
        return answered;
    }

    /** Whether the time slice was over before a request was sent for every file. */
    public boolean unsent() {
        return unsent;
    }

    /**
     * The files that changed in the archive, by index, with their new size and time. The first of them ends the round.
     * They are not set in the {@link ClaimedCart} yet, since the layout of a tar depends on every size.
     */
    public Map<Integer, CartFile> changed() {
        return outcomes.changed();
    }

    /** The time until the next file is due again, never negative; empty if no file waits for that. */
    public Optional<Duration> due() {
        return retries.due();
    }

    private boolean loop(PrimitiveIterator.OfInt indexes, Requester requester, long until) throws StepStopped {
        while (true) {
            boolean idle = handedOver == 0 && !indexes.hasNext() && othersPullTheRest();
            boolean over = idle || clock.nanos() - until > 0 || retries.areFutile();
            if (over) {
                int back = lane.takeBack();
                handedOver -= back;
                unsent |= back > 0 || indexes.hasNext();
            } else {
                handOver(indexes, requester);
            }
            if (handedOver == 0 && (over || (retries.isEmpty() && !indexes.hasNext()))) {
                return !unsent && retries.isEmpty();
            }
            if (closing.getAsBoolean()) {
                throw StepStopped.quietly();
            }
            takeOutcomes();
            if (!changed().isEmpty()) {
                return false;
            }
            if (claimed.unsaved() >= SAVE_AT || untilSave() <= 0) {
                requester.beforeSave();
                claimed.save();
                sinceSave.restart();
            }
        }
    }

    /** The nanoseconds until changes are to be recorded, or the claim is to be checked; may be negative. */
    private long untilSave() {
        Duration every = claimed.unsaved() > 0 ? SAVE_EVERY : CHECK_CLAIM_EVERY;
        return every.minus(sinceSave.time()).toNanos();
    }

    private void handOver(PrimitiveIterator.OfInt indexes, Requester requester) throws StepStopped {
        List<Integer> next = retries.takeDue();
        // Many at a time, since admit() may ask the store.
        int batch = requester.batch();
        int ahead = Math.max(LISTS_AHEAD, AHEAD / batch);
        while (handedOver <= ahead / 2 && handedOver + next.size() / batch < ahead && indexes.hasNext()) {
            next.add(indexes.nextInt());
        }
        Set<Integer> admitted = Set.copyOf(requester.admit(next));
        next.stream()
                .filter(admitted::contains)
                .collect(Collectors.partitioningBy(this::mustBeAlone))
                .values()
                .forEach(alike -> send(alike, requester));
        for (int index : next) {
            if (!admitted.contains(index) && claimed.file(index).status() != FileStatus.STAGED) {
                retries.offerLater(index);
            }
        }
    }

    /** Whether there are files left, and other carts pull all of them. */
    public boolean othersPullTheRest() {
        return retries.areAllNotAdmitted();
    }

    /** Whether to send it alone: a request for the file failed before, and the load must not be the reason again. */
    private boolean mustBeAlone(int index) {
        return retries.isSuspect(index) || claimed.file(index).tries() > 0;
    }

    /** Sends requests for these files, of which all or none must be alone, in lists as long as possible. */
    private void send(List<Integer> indexes, Requester requester) {
        int batch = requester.batch();
        for (int from = 0; from < indexes.size(); from += batch) {
            handedOver++;
            lane.add(request(List.copyOf(indexes.subList(from, Math.min(from + batch, indexes.size()))), requester));
        }
    }

    private void sendAgain(Requester requester, int index) {
        handedOver++;
        lane.again(request(List.of(index), requester));
    }

    private SentRequest request(List<Integer> indexes, Requester requester) {
        List<CartFile> files = indexes.stream().map(claimed::file).toList();
        boolean alone = indexes.stream().anyMatch(this::mustBeAlone);
        return new SentRequest(indexes, files, alone, requester, threads, clock, ended::add);
    }

    private void takeOutcomes() throws StepStopped {
        try {
            SentRequest sent = ended.poll(Math.min(POLL.toNanos(), untilSave()));
            while (sent != null) {
                handedOver--;
                answered = true;
                outcomes.apply(sent);
                sent = ended.poll(0);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw StepStopped.quietly();
        }
    }

    /**
     * Waits for requests that are out, and keeps right outcomes. The archive's own deadlines bound this wait. A worker
     * that is closing waits {@link #LAST_WAIT} only: a request that still hangs then can write only to a file that no
     * later step writes to.
     */
    private void waitForRequests() {
        boolean wasInterrupted = false;
        long closedAt = clock.nanos();
        while (handedOver > 0 && !(closing.getAsBoolean() && clock.nanos() - closedAt > LAST_WAIT.toNanos())) {
            try {
                SentRequest sent = ended.poll(POLL.toNanos());
                if (sent != null) {
                    handedOver--;
                    outcomes.applyDone(sent);
                }
            } catch (InterruptedException e) {
                wasInterrupted = true;
            }
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
