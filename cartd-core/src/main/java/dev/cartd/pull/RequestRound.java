package dev.cartd.pull;

import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.FailureText;
import dev.cartd.cart.FileStatus;
import dev.cartd.cart.HumanText;
import dev.cartd.cart.Outage;
import dev.cartd.cart.Wait;
import dev.cartd.claim.ClaimedCart;
import dev.cartd.claim.StageSettings;
import dev.cartd.claim.StepContext;
import dev.cartd.claim.StepStopped;
import dev.cartd.claim.UsedArchive;
import dev.cartd.limit.RequestLimit;
import dev.cartd.spi.ArchiveException;
import dev.cartd.system.Elapsed;
import dev.cartd.system.Timeline;
import dev.cartd.volume.Overtaken;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PrimitiveIterator;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Sends requests to one archive for the given files of a cart, many at once, repeats those that failed, and applies the
 * outcomes to the {@link ClaimedCart}. A request is for one file, or for a list of files if the {@link Requester}
 * allows that. All decisions are made on the thread that calls {@link #run}. Only the requests run on threads of the
 * {@link RequestLimit}. None that writes to the volume outlives the call, unless it hangs while the worker is closing.
 *
 * <p>For one thread.
 */
public final class RequestRound {
    private static final System.Logger LOG = System.getLogger(RequestRound.class.getName());

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

    private static final String AWAY = "the archive could not be reached";

    /** The waits that end when the archive answers. */
    private static final Set<Wait.Kind> REACHED = EnumSet.of(Wait.Kind.ARCHIVE, Wait.Kind.SLOW, Wait.Kind.PERMITS);

    /** The waits that end when the archive answers and its bytes were written to the volume. */
    private static final Set<Wait.Kind> REACHED_BOTH =
            EnumSet.of(Wait.Kind.ARCHIVE, Wait.Kind.SLOW, Wait.Kind.PERMITS, Wait.Kind.VOLUME);

    private final ClaimedCart claimed;
    private final StepContext context;
    private final UsedArchive archive;
    private final RequestLimit.Lane lane;
    private final StageSettings settings;
    private final BooleanSupplier closing;
    private final String verb;
    private final Timeline clock;
    private final Inbox<Sent> ended;
    private final Retries retries;
    private final Map<Integer, CartFile> changed = new HashMap<>();
    private final Set<Thread> askingThreads = new LinkedHashSet<>();
    private boolean interrupted;
    private int handedOver;
    private boolean unsent;
    private final Elapsed sinceSave;
    private boolean answered;

    /** @param verb completes the message of a failed cart, {@code Failed to <verb> file ...} */
    public RequestRound(
            StepContext context, ClaimedCart claimed, UsedArchive archive, RequestLimit.Lane lane, String verb) {
        this.context = context;
        this.claimed = claimed;
        this.archive = archive;
        this.lane = lane;
        this.settings = claimed.settings().withRetries(archive.settings().retries());
        this.closing = context.closing();
        this.verb = verb;
        this.clock = context.clock();
        this.ended = new Inbox<>(clock);
        this.retries = new Retries(settings, clock);
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
                    settle();
                } else {
                    interrupt();
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
            waitOrFail(indexes.nextInt(), Wait.Kind.ARCHIVE, AWAY, outage.get().reason());
        }
        return !unsent;
    }

    /** Whether the wait is for this round's archive, or for something that all archives need. */
    public boolean concerns(Wait wait) {
        return wait.kind() != Wait.Kind.ARCHIVE || context.archives().of(wait.detail()) == archive;
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
        return changed;
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
            if (!changed.isEmpty()) {
                return false;
            }
            if (claimed.unsaved() >= SAVE_AT || untilSave() <= 0) {
                requester.beat();
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
            lane.add(new Sent(List.copyOf(indexes.subList(from, Math.min(from + batch, indexes.size()))), requester));
        }
    }

    private void sendAgain(int index, Requester requester) {
        handedOver++;
        lane.again(new Sent(List.of(index), requester));
    }

    /** A request for one or more files, and its outcomes. */
    private final class Sent implements RequestLimit.Request {
        private final List<Integer> indexes;
        private final Requester requester;
        private final List<CartFile> files;
        private final long queued = clock.nanos();
        private long begun = queued;
        private List<RequestOutcome> outcomes;
        private final boolean mustBeAlone;
        private boolean alone;

        /** When its outcomes were looked at: the files of one list are tried again at the same time. */
        private long taken;

        /** Whether it was counted as one that could not reach the archive, or use the volume. */
        private boolean countedAway;

        private Sent(List<Integer> indexes, Requester requester) {
            this.indexes = indexes;
            this.requester = requester;
            this.files = indexes.stream().map(claimed::file).toList();
            this.outcomes = all(new RequestOutcome.Yielded());
            this.mustBeAlone = indexes.stream().anyMatch(RequestRound.this::mustBeAlone);
        }

        @Override
        public boolean isAlone() {
            return mustBeAlone;
        }

        @Override
        public RequestLimit.Verdict send() {
            begun = clock.nanos();
            outcomes = requester.writes() ? ask() : askInterruptibly();
            RequestLimit.Verdict verdict = verdict();
            return verdict == RequestLimit.Verdict.RIGHT && !requester.writes()
                    ? RequestLimit.Verdict.ANSWERED
                    : verdict;
        }

        /** One damaged answer of a list speaks louder than all the right ones; a plain refusal says nothing. */
        private RequestLimit.Verdict verdict() {
            Set<RequestLimit.Verdict> said =
                    outcomes.stream().map(RequestOutcome::verdict).collect(Collectors.toSet());
            return Stream.of(RequestLimit.Verdict.WRONG, RequestLimit.Verdict.RIGHT)
                    .filter(said::contains)
                    .findFirst()
                    .orElse(RequestLimit.Verdict.NEUTRAL);
        }

        /** Turns whatever an adapter throws into an outcome: the round waits for one of each request. */
        private List<RequestOutcome> ask() {
            try {
                return requester.ask(indexes, files);
            } catch (CartException.Unavailable e) {
                return all(new RequestOutcome.StoreAway(e));
            } catch (RuntimeException | Error e) {
                String others = files.size() == 1 ? "" : " and " + (files.size() - 1) + " others";
                LOG.log(
                        System.Logger.Level.ERROR,
                        "a request for file " + files.get(0).id() + others + " failed unexpectedly",
                        e);
                return all(new RequestOutcome.Failed(new ArchiveException.Refused("internal error: " + e), false));
            }
        }

        private List<RequestOutcome> all(RequestOutcome outcome) {
            return Collections.nCopies(indexes.size(), outcome);
        }

        private List<RequestOutcome> askInterruptibly() {
            synchronized (askingThreads) {
                if (interrupted) {
                    return all(new RequestOutcome.Yielded());
                }
                askingThreads.add(Thread.currentThread());
            }
            try {
                return ask();
            } finally {
                synchronized (askingThreads) {
                    askingThreads.remove(Thread.currentThread());
                    if (interrupted) {
                        Thread.interrupted();
                    }
                }
            }
        }

        @Override
        public void sent(boolean wasAlone) {
            alone = wasAlone;
            ended.add(this);
        }

        /** How long the request waited for its turn, in nanoseconds. */
        private long waited() {
            return begun - queued;
        }

        private void take() throws StepStopped {
            taken = clock.nanos();
            for (int i = 0; i < indexes.size(); i++) {
                outcomes.get(i).passTo(new Answer(this, indexes.get(i)));
            }
        }

        /** Sets the files whose requests are done. */
        private void keepDone() {
            for (int i = 0; i < indexes.size(); i++) {
                int index = indexes.get(i);
                outcomes.get(i).done().ifPresent(file -> claimed.set(index, file));
            }
        }
    }

    /** What follows from the outcome of a request for one of its files. */
    private final class Answer implements RequestOutcome.Receiver {
        private final Sent sent;
        private final int index;

        private Answer(Sent sent, int index) {
            this.sent = sent;
            this.index = index;
        }

        @Override
        public void right(RequestOutcome.Right right) {
            claimed.set(index, right.file());
            reached(sent.requester);
        }

        @Override
        public void found(RequestOutcome.Found found) {
            claimed.set(index, found.file());
        }

        @Override
        public void yielded(RequestOutcome.Yielded yielded) {
            reached(sent.requester);
            retries.yielded(index, sent.alone);
            // Even after the time slice: the digest of the bytes so far would be lost with this step.
            sendAgain(index, sent.requester);
        }

        @Override
        public void failed(RequestOutcome.Failed failed) throws StepStopped {
            ArchiveException why = failed.why();
            if (why instanceof ArchiveException.Unreachable) {
                waitFor(Wait.Kind.ARCHIVE, AWAY, archive.says(why.getMessage()));
                return;
            }
            retries.reached();
            CartFile now = claimed.file(index);
            CartFile tried = failed.far() ? now : now.triedAgain();
            boolean isFinal = why instanceof ArchiveException.Missing || tried.tries() >= settings.retries();
            if (isFinal && sent.alone && !retries.isBegunInCompany(index)) {
                fail(index, tried, why.getMessage());
            }
            retries.failed(index, sent.alone, failed.anew());
            claimed.set(index, tried);
            claimed.waitFor(
                    Wait.Kind.REFUSED,
                    "file " + now.path() + ", try " + tried.tries() + " of " + settings.retries() + ": "
                            + why.getMessage());
            tryLater(tried.tries(), sent.waited());
        }

        @Override
        public void broken(RequestOutcome.Broken broken) throws StepStopped {
            if (broken.why() instanceof Overtaken) {
                throw StepStopped.quietly();
            }
            sent.requester.broken(broken.why());
            waitFor(Wait.Kind.VOLUME, "the volume could not be written", FailureText.of(broken.why()));
        }

        @Override
        public void storeAway(RequestOutcome.StoreAway away) {
            throw away.why(); // Not a failure of the cart: the step is run again when the store is back.
        }

        @Override
        public void changed(RequestOutcome.Changed now) throws StepStopped {
            if (now.file().tries() >= settings.retries()) {
                fail(index, now.file(), now.file().reason());
            }
            changed.put(index, now.file());
        }

        @Override
        public void full(RequestOutcome.Full full) throws StepStopped {
            throw StepStopped.full();
        }

        @Override
        public void hopeless(RequestOutcome.Hopeless hopeless) throws StepStopped {
            fail(index, claimed.file(index), hopeless.why());
        }

        /** Waits for the archive or the volume; counts no try against the file. */
        private void waitFor(Wait.Kind kind, String what, String why) throws StepStopped {
            if (!sent.countedAway) {
                sent.countedAway = true;
                retries.away();
            }
            waitOrFail(index, kind, what, why);
            tryLater(retries.awayInARow(), 0);
        }

        /** @param waited how long the last try waited for its turn, in nanoseconds */
        private void tryLater(int tries, long waited) {
            // The files of one list stay together.
            retries.tryLater(index, tries, sent.files.get(0).id(), sent.taken, waited);
        }
    }

    /** Interrupts requests that do not write, so that other carts get their permits at once. */
    private void interrupt() {
        synchronized (askingThreads) {
            interrupted = true;
            askingThreads.forEach(Thread::interrupt);
        }
    }

    private void takeOutcomes() throws StepStopped {
        try {
            Sent sent = ended.poll(Math.min(POLL.toNanos(), untilSave()));
            while (sent != null) {
                handedOver--;
                answered = true;
                sent.take();
                sent = ended.poll(0);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw StepStopped.quietly();
        }
    }

    private void reached(Requester requester) {
        retries.reached();
        if (claimed.waitsFor().filter(wait -> !concerns(wait)).isEmpty()) {
            claimed.endWaitFor(requester.writes() ? REACHED_BOTH : REACHED);
        }
    }

    private void waitOrFail(int index, Wait.Kind kind, String what, String why) throws StepStopped {
        claimed.waitFor(kind, why);
        if (claimed.waited().compareTo(settings.patience()) >= 0) {
            String patience = HumanText.duration(settings.patience());
            fail(index, claimed.file(index), what + " for " + patience + " (" + why + ")");
        }
    }

    private void fail(int index, CartFile file, String what) throws StepStopped {
        String why = file.reason().isEmpty() || file.reason().equals(what) ? what : what + " (" + file.reason() + ")";
        claimed.set(index, file.failed(why));
        throw StepStopped.failed("Failed to " + verb + " file " + file.path() + ": " + why);
    }

    /**
     * Waits for requests that are out, and keeps right outcomes. The archive's own deadlines bound this wait. A worker
     * that is closing waits {@link #LAST_WAIT} only: a request that still hangs then can write only to a file that no
     * later step writes to.
     */
    private void settle() {
        boolean wasInterrupted = false;
        long closedAt = clock.nanos();
        while (handedOver > 0 && !(closing.getAsBoolean() && clock.nanos() - closedAt > LAST_WAIT.toNanos())) {
            try {
                Sent sent = ended.poll(POLL.toNanos());
                if (sent != null) {
                    handedOver--;
                    sent.keepDone();
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
