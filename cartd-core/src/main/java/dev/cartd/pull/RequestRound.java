package dev.cartd.pull;

import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.FailureText;
import dev.cartd.cart.HumanText;
import dev.cartd.cart.Wait;
import dev.cartd.limit.RequestLimit;
import dev.cartd.spi.ArchiveException;
import dev.cartd.system.Elapsed;
import dev.cartd.volume.Overtaken;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PrimitiveIterator;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Sends one request for each of some files of a cart, many at once, tries again what failed, and keeps the ledger. All
 * decisions are made on the thread that calls {@link #run}; only the requests themselves run elsewhere, and none of
 * them outlives the call.
 */
public final class RequestRound {
    private static final System.Logger LOG = System.getLogger(RequestRound.class.getName());

    /** So many are handed over at a time, so that a cart of any size holds few. */
    private static final int AHEAD = 64;

    private static final int TELL_AT = 1000;

    /** What is new waits at most so long for more of its kind: what dies untold with its process is work done twice. */
    private static final Duration TELL_EVERY = Duration.ofMillis(50);

    /** How often the store is asked whether the claim still holds, where there is nothing to tell. */
    private static final Duration HOLD_EVERY = Duration.ofMillis(500);

    private static final Duration LOOK_EVERY = Duration.ofMillis(100);

    private static final Duration LAST_WAIT = Duration.ofSeconds(2);

    /** So many in a row that could not reach the archive, and it is away. */
    private static final int AWAY_AT = 3;

    /** The request for one file; run on a thread of the limit. */
    public interface Work {
        RequestOutcome ask(int index, CartFile file);

        /**
         * Which of these are to be sent now; the others are, when it was looked again a little later.
         *
         * @throws StepStopped if the cart is no longer this step's
         */
        default List<Integer> admit(List<Integer> indexes) throws StepStopped {
            return indexes;
        }

        /** Called now and then on the thread of the round. */
        default void beat() throws StepStopped {}

        /**
         * Whether requests write to the volume, so that none may go on when the round has ended. Those that only ask
         * may: a cart that is deleted goes at once, even if the archive hangs.
         */
        default boolean writes() {
            return false;
        }

        /**
         * Called when a request could not write to the volume.
         *
         * @throws StepStopped if the volume is not there: that is no fault of the cart's
         */
        default void broken(IOException why) throws StepStopped {}

        /** Ends what is running at once. */
        default void cancel() {}
    }

    /** What is over once the archive answers; and once what it sent was written, too. */
    private static final Set<Wait.Kind> REACHED = EnumSet.of(Wait.Kind.ARCHIVE, Wait.Kind.SLOW, Wait.Kind.PERMITS);

    private static final Set<Wait.Kind> REACHED_BOTH =
            EnumSet.of(Wait.Kind.ARCHIVE, Wait.Kind.SLOW, Wait.Kind.PERMITS, Wait.Kind.VOLUME);

    private static final Duration ELSEWHERE = Duration.ofSeconds(1);

    /** @param elsewhere whether it was not sent, rather than sent in vain */
    private record Later(long due, int index, boolean elsewhere) {}

    private final ClaimedCart ledger;
    private final RequestLimit.Lane lane;
    private final StageSettings settings;
    private final BooleanSupplier closing;
    private final String verb;
    private final BlockingQueue<Sent> answers = new LinkedBlockingQueue<>();
    private final PriorityQueue<Later> later = new PriorityQueue<>(Comparator.comparingLong(Later::due));
    private final Map<Integer, CartFile> changed = new HashMap<>();
    /** Those that failed while other requests were out: that may have been the reason. */
    private final Set<Integer> suspects = new HashSet<>();

    /** Those of which bytes are kept that came while other requests were out. */
    private final Set<Integer> begunInCompany = new HashSet<>();

    private final Set<Thread> asking = new HashSet<>();
    private boolean over;
    private int handedOver;
    private int inARow;
    private boolean unsent;
    private final Elapsed told;
    private boolean answered;

    /** A round whose failures say that the cart failed to {@code verb} a file. */
    public RequestRound(
            ClaimedCart ledger,
            RequestLimit.Lane lane,
            StageSettings settings,
            InstantSource clock,
            BooleanSupplier closing,
            String verb) {
        this.ledger = ledger;
        this.lane = lane;
        this.settings = settings;
        this.closing = closing;
        this.verb = verb;
        this.told = new Elapsed(clock);
    }

    /**
     * Sends the request for each of these files, until all were answered or the time of a slice is up; what is out by
     * then is waited for.
     *
     * @return whether all were answered, so that going on makes sense
     * @throws StepStopped if the cart failed, or is no longer this step's
     */
    public boolean run(PrimitiveIterator.OfInt indexes, Work work) throws StepStopped {
        long until = System.nanoTime() + settings.slice().toNanos();
        boolean complete = false;
        try {
            complete = loop(indexes, work, until);
            return complete;
        } finally {
            if (!complete) {
                handedOver -= lane.clear();
                work.cancel();
                if (work.writes()) {
                    settle();
                } else {
                    interrupt();
                }
            }
        }
    }

    /** Whether the archive answered anything, right or wrong. */
    public boolean answered() {
        return answered;
    }

    /** Whether the time was up before every file had its turn. */
    public boolean unsent() {
        return unsent;
    }

    /**
     * The files that are others in the archive now than the ledger says, by their places: with the first of them the
     * round ended, and the ledger was not told, since much may depend on a size.
     */
    public Map<Integer, CartFile> changed() {
        return changed;
    }

    /** How long until the first of those that shall be tried again is due; empty if there is none. */
    public Optional<Duration> due() {
        return Optional.ofNullable(later.peek())
                .map(first -> Duration.ofNanos(Math.max(0, first.due() - System.nanoTime())));
    }

    private boolean loop(PrimitiveIterator.OfInt indexes, Work work, long until) throws StepStopped {
        while (true) {
            boolean idle = handedOver == 0 && !indexes.hasNext() && elsewhere();
            boolean over = idle || System.nanoTime() - until > 0 || inARow >= AWAY_AT;
            if (over) {
                int back = lane.takeBack();
                handedOver -= back;
                unsent |= back > 0 || indexes.hasNext();
            } else {
                handOver(indexes, work);
            }
            if (handedOver == 0 && (over || (later.isEmpty() && !indexes.hasNext()))) {
                ledger.save();
                return !unsent && later.isEmpty();
            }
            if (closing.getAsBoolean()) {
                throw StepStopped.quietly();
            }
            takeAnswers(work);
            if (!changed.isEmpty()) {
                return false;
            }
            if (ledger.unsaved() >= TELL_AT || untilSave() <= 0) {
                work.beat();
                ledger.save();
                told.restart();
            }
        }
    }

    /** In nanoseconds. */
    private long untilSave() {
        Duration every = ledger.unsaved() > 0 ? TELL_EVERY : HOLD_EVERY;
        return every.minus(told.time()).toNanos();
    }

    private void handOver(PrimitiveIterator.OfInt indexes, Work work) throws StepStopped {
        List<Integer> next = new ArrayList<>();
        while (!later.isEmpty() && later.peek().due() - System.nanoTime() <= 0) {
            next.add(later.remove().index());
        }
        // Many at a time, since who is asked to admit them may have to ask the store.
        while (handedOver <= AHEAD / 2 && handedOver + next.size() < AHEAD && indexes.hasNext()) {
            next.add(indexes.nextInt());
        }
        Set<Integer> admitted = Set.copyOf(work.admit(next));
        for (int index : next) {
            if (admitted.contains(index)) {
                send(index, work);
            } else {
                later.add(new Later(System.nanoTime() + ELSEWHERE.toNanos(), index, true));
            }
        }
    }

    /** Whether all that is left is done by somebody else. */
    public boolean elsewhere() {
        return !later.isEmpty() && later.stream().allMatch(Later::elsewhere);
    }

    private void send(int index, Work work) {
        handedOver++;
        if (isSentAlone(index)) {
            lane.alone(new Sent(index, work));
        } else {
            lane.add(new Sent(index, work));
        }
    }

    private void sendAgain(int index, Work work) {
        handedOver++;
        if (isSentAlone(index)) {
            lane.aloneAgain(new Sent(index, work));
        } else {
            lane.again(new Sent(index, work));
        }
    }

    /** What failed before is not to fail for the company it has. */
    private boolean isSentAlone(int index) {
        return suspects.contains(index) || ledger.file(index).tries() > 0;
    }

    /** A request, and what came of it. */
    private final class Sent implements RequestLimit.Request {
        private final int index;
        private final Work work;
        private final CartFile file;
        private final long queued = System.nanoTime();
        private long begun = queued;
        private RequestOutcome answer;
        private boolean alone;

        private Sent(int index, Work work) {
            this.index = index;
            this.work = work;
            this.file = ledger.file(index);
            this.answer = new RequestOutcome.Yielded(index);
        }

        @Override
        public RequestLimit.Verdict send() {
            begun = System.nanoTime();
            answer = work.writes() ? ask(work, index, file) : askInterruptibly(work, index, file);
            RequestLimit.Verdict verdict = verdict(answer);
            return verdict == RequestLimit.Verdict.RIGHT && !work.writes() ? RequestLimit.Verdict.ANSWERED : verdict;
        }

        @Override
        public void sent(boolean wasAlone) {
            alone = wasAlone;
            answers.add(this);
        }

        /** How long it waited for its turn, in nanoseconds. */
        private long waited() {
            return begun - queued;
        }
    }

    /** Has those that only ask the archive end at once: others want to send. */
    private void interrupt() {
        synchronized (asking) {
            over = true;
            asking.forEach(Thread::interrupt);
        }
    }

    private RequestOutcome askInterruptibly(Work work, int index, CartFile file) {
        synchronized (asking) {
            if (over) {
                return new RequestOutcome.Yielded(index);
            }
            asking.add(Thread.currentThread());
        }
        try {
            return ask(work, index, file);
        } finally {
            synchronized (asking) {
                asking.remove(Thread.currentThread());
                if (over) {
                    Thread.interrupted();
                }
            }
        }
    }

    /** Whatever an adapter throws, an answer comes: the round waits for one to each request. */
    private static RequestOutcome ask(Work work, int index, CartFile file) {
        try {
            return work.ask(index, file);
        } catch (CartException.Unavailable e) {
            return new RequestOutcome.StoreAway(index, e);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "a request for file " + file.id() + " failed unexpectedly", e);
            return new RequestOutcome.Failed(index, new ArchiveException.Refused("internal error: " + e), false);
        }
    }

    /** A plain refusal, or an archive that is not there, says nothing about how much it can take. */
    static RequestLimit.Verdict verdict(RequestOutcome answer) {
        if (answer instanceof RequestOutcome.Right) {
            return RequestLimit.Verdict.RIGHT;
        }
        boolean strained =
                answer instanceof RequestOutcome.Failed failed && failed.why().isStrained();
        return strained ? RequestLimit.Verdict.WRONG : RequestLimit.Verdict.NEUTRAL;
    }

    private void takeAnswers(Work work) throws StepStopped {
        try {
            Sent sent = answers.poll(Math.min(LOOK_EVERY.toNanos(), untilSave()), TimeUnit.NANOSECONDS);
            while (sent != null) {
                handedOver--;
                take(sent, work);
                sent = answers.poll();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw StepStopped.quietly();
        }
    }

    private void take(Sent sent, Work work) throws StepStopped {
        RequestOutcome answer = sent.answer;
        int index = sent.index;
        answered = true;
        if (answer instanceof RequestOutcome.Right right) {
            ledger.set(index, right.file());
            reached(work);
        } else if (answer instanceof RequestOutcome.Found found) {
            ledger.set(index, found.file());
        } else if (answer instanceof RequestOutcome.Yielded) {
            reached(work);
            if (!sent.alone) {
                begunInCompany.add(index);
            }
            // Even after the time is up: what it has pulled and hashed would be lost with this step.
            sendAgain(index, work);
        } else if (answer instanceof RequestOutcome.Broken broken) {
            if (broken.why() instanceof Overtaken) {
                throw StepStopped.quietly();
            }
            work.broken(broken.why());
            wait(index, Wait.Kind.VOLUME, "the volume could not be written", FailureText.of(broken.why()));
        } else if (answer instanceof RequestOutcome.Changed now) {
            if (now.file().tries() >= settings.retries()) {
                fail(index, now.file(), now.file().reason());
            }
            changed.put(index, now.file());
        } else if (answer instanceof RequestOutcome.StoreAway away) {
            throw away.why(); // It is nobody's failure: the step is tried again when the store is back.
        } else if (answer instanceof RequestOutcome.Full) {
            throw StepStopped.full();
        } else if (answer instanceof RequestOutcome.Hopeless hopeless) {
            fail(index, ledger.file(index), hopeless.why());
        } else if (answer instanceof RequestOutcome.Failed failed) {
            take(failed, sent);
        }
    }

    private void reached(Work work) {
        inARow = 0;
        ledger.endWaitFor(work.writes() ? REACHED_BOTH : REACHED);
    }

    private void take(RequestOutcome.Failed failed, Sent sent) throws StepStopped {
        ArchiveException why = failed.why();
        if (why instanceof ArchiveException.Unreachable) {
            wait(failed.index(), Wait.Kind.ARCHIVE, "the archive could not be reached", why.getMessage());
            return;
        }
        inARow = 0;
        CartFile file = ledger.file(failed.index());
        CartFile tried = failed.far() ? file : file.triedAgain();
        boolean isFinal = why instanceof ArchiveException.Missing || tried.tries() >= settings.retries();
        if (isFinal && sent.alone && !begunInCompany.contains(failed.index())) {
            fail(failed.index(), tried, why.getMessage());
        }
        suspect(failed, sent);
        ledger.set(failed.index(), tried);
        ledger.waitFor(
                Wait.Kind.REFUSED,
                "file " + file.path() + ", try " + tried.tries() + " of " + settings.retries() + ": "
                        + why.getMessage());
        tryLater(failed.index(), tried.tries(), sent.waited());
    }

    /** A file does not fail for what may come of several requests at once: its next one is sent alone. */
    private void suspect(RequestOutcome.Failed failed, Sent sent) {
        int index = failed.index();
        if (!sent.alone) {
            suspects.add(index);
            begunInCompany.add(index);
        }
        if (failed.anew()) {
            begunInCompany.remove(index);
        }
    }

    /** Nothing is counted against the file: the archive, or the volume, is waited for. */
    private void wait(int index, Wait.Kind kind, String what, String why) throws StepStopped {
        inARow++;
        ledger.waitFor(kind, why);
        Duration waited = ledger.waitsFor().map(Wait::waited).orElse(Duration.ZERO);
        if (waited.compareTo(settings.patience()) >= 0) {
            String patience = HumanText.duration(settings.patience());
            fail(index, ledger.file(index), what + " for " + patience + " (" + why + ")");
        }
        tryLater(index, inARow, 0);
    }

    private void fail(int index, CartFile file, String what) throws StepStopped {
        String why = file.reason().isEmpty() || file.reason().equals(what) ? what : what + " (" + file.reason() + ")";
        ledger.set(index, file.failed(why));
        throw StepStopped.failed("Failed to " + verb + " file " + file.path() + ": " + why);
    }

    /** @param waited how long the last try waited for its turn, in nanoseconds; the next may wait as long */
    private void tryLater(int index, int tries, long waited) {
        double jitter = ThreadLocalRandom.current().nextDouble(0.75, 1.25);
        long pause = (long) (settings.pauseAfter(tries).toNanos() * jitter);
        later.add(new Later(System.nanoTime() + Math.max(0, pause - waited), index, false));
    }

    /**
     * Waits for what is still out. The archive's own deadlines bound this, but for a worker that is being closed: what
     * a request that hangs may still write then goes to a file that nobody has open. What came back right is kept.
     */
    private void settle() {
        boolean interrupted = false;
        long closedAt = System.nanoTime();
        while (handedOver > 0 && !(closing.getAsBoolean() && System.nanoTime() - closedAt > LAST_WAIT.toNanos())) {
            try {
                Sent sent = answers.poll(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
                if (sent != null) {
                    handedOver--;
                    settle(sent.index, sent.answer);
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void settle(int index, RequestOutcome answer) {
        if (answer instanceof RequestOutcome.Right right) {
            ledger.set(index, right.file());
        } else if (answer instanceof RequestOutcome.Found found) {
            ledger.set(index, found.file());
        }
    }
}
