package dev.cartd.pull;

import dev.cartd.cart.CartFile;
import dev.cartd.cart.FailureText;
import dev.cartd.cart.HumanText;
import dev.cartd.cart.Wait;
import dev.cartd.claim.ClaimedCart;
import dev.cartd.claim.StageSettings;
import dev.cartd.claim.StepContext;
import dev.cartd.claim.StepStopped;
import dev.cartd.claim.UsedArchive;
import dev.cartd.spi.ArchiveException;
import dev.cartd.volume.Overtaken;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.ObjIntConsumer;

/**
 * What follows from the outcomes of a round's requests: the new states of files, what the cart waits for, which files
 * are tried again, and whether the cart fails. For the round's thread.
 */
final class RoundOutcomes {
    private static final String ARCHIVE_AWAY = "the archive could not be reached";

    /** The waits that end when the archive answers. */
    private static final Set<Wait.Kind> REACHED = EnumSet.of(Wait.Kind.ARCHIVE, Wait.Kind.SLOW, Wait.Kind.PERMITS);

    /** The waits that end when the archive answers and its bytes were written to the volume. */
    private static final Set<Wait.Kind> REACHED_BOTH =
            EnumSet.of(Wait.Kind.ARCHIVE, Wait.Kind.SLOW, Wait.Kind.PERMITS, Wait.Kind.VOLUME);

    private final StepContext context;
    private final ClaimedCart claimed;
    private final UsedArchive archive;
    private final StageSettings settings;
    private final Retries retries;
    private final String verb;
    private final ObjIntConsumer<Requester> sendAgain;
    private final Map<Integer, CartFile> changed = new HashMap<>();

    /**
     * @param settings those of the cart, with the retries of the archive
     * @param verb completes the message of a failed cart, {@code Failed to <verb> file ...}
     * @param sendAgain sends another request for the file with this index, at once
     */
    RoundOutcomes(
            StepContext context,
            ClaimedCart claimed,
            UsedArchive archive,
            StageSettings settings,
            Retries retries,
            String verb,
            ObjIntConsumer<Requester> sendAgain) {
        this.context = context;
        this.claimed = claimed;
        this.archive = archive;
        this.settings = settings;
        this.retries = retries;
        this.verb = verb;
        this.sendAgain = sendAgain;
    }

    /**
     * Applies the outcomes of a request that has ended.
     *
     * @throws StepStopped if the cart failed, is no longer this step's, or has no room, or the volume is away
     * @throws dev.cartd.cart.CartException.Unavailable if the request could not reach the store
     */
    void apply(SentRequest sent) throws StepStopped {
        Ended ended = new Ended(sent, context.clock().nanos());
        for (int place = 0; place < sent.indexes().size(); place++) {
            ended.index = sent.indexes().get(place);
            sent.outcome(place).passTo(ended);
        }
    }

    /** Sets only the files for which the request is done: for a round that ends before its time. */
    void applyDone(SentRequest sent) {
        for (int place = 0; place < sent.indexes().size(); place++) {
            int index = sent.indexes().get(place);
            sent.outcome(place).done().ifPresent(file -> claimed.set(index, file));
        }
    }

    /** See {@link RequestRound#changed}. */
    Map<Integer, CartFile> changed() {
        return changed;
    }

    /** Whether the wait is for this round's archive, or for something that all archives need. */
    boolean concerns(Wait wait) {
        return wait.kind() != Wait.Kind.ARCHIVE || context.archives().of(wait.detail()) == archive;
    }

    /**
     * Makes the cart wait for the archive, which is away.
     *
     * @param index a file that cannot be asked for
     * @throws StepStopped if the cart has waited for as long as allowed: it fails
     */
    void archiveAway(int index, String why) throws StepStopped {
        waitOrFail(index, Wait.Kind.ARCHIVE, ARCHIVE_AWAY, why);
    }

    private void waitOrFail(int index, Wait.Kind kind, String what, String why) throws StepStopped {
        claimed.waitFor(kind, why);
        if (claimed.waited().compareTo(settings.patience()) >= 0) {
            Duration patience = settings.patience();
            fail(index, claimed.file(index), what + " for " + HumanText.duration(patience) + " (" + why + ")");
        }
    }

    private void fail(int index, CartFile file, String what) throws StepStopped {
        String why = file.reason().isEmpty() || file.reason().equals(what) ? what : what + " (" + file.reason() + ")";
        claimed.set(index, file.failed(why));
        throw StepStopped.failed("Failed to " + verb + " file " + file.path() + ": " + why);
    }

    private void reached(Requester requester) {
        retries.reached();
        if (claimed.waitsFor().filter(wait -> !concerns(wait)).isEmpty()) {
            claimed.endWaitFor(requester.writes() ? REACHED_BOTH : REACHED);
        }
    }

    /** A request that has ended; receives the outcome for one of its files after the other. */
    private final class Ended implements RequestOutcome.Receiver {
        private final SentRequest sent;

        /** When its outcomes are applied: the files of one list are tried again at the same time. */
        private final long now;

        /** The file whose outcome comes next. */
        private int index;

        /** Whether it was counted as one that could not reach the archive, or use the volume. */
        private boolean countedAway;

        private Ended(SentRequest sent, long now) {
            this.sent = sent;
            this.now = now;
        }

        @Override
        public void right(RequestOutcome.Right right) {
            claimed.set(index, right.file());
            reached(sent.requester());
        }

        @Override
        public void decided(RequestOutcome.Decided decided) {
            claimed.set(index, decided.file());
        }

        @Override
        public void yielded(RequestOutcome.Yielded yielded) {
            reached(sent.requester());
            retries.yielded(index, sent.wasAlone());
            // Even after the time slice: the digest of the bytes so far would be lost with this step.
            sendAgain.accept(sent.requester(), index);
        }

        @Override
        public void failed(RequestOutcome.Failed failed) throws StepStopped {
            ArchiveException why = failed.why();
            if (why instanceof ArchiveException.Unreachable) {
                countAway();
                archiveAway(index, archive.says(why.getMessage()));
                tryLater(retries.awayInARow(), 0);
                return;
            }
            retries.reached();
            CartFile before = claimed.file(index);
            CartFile tried = failed.far() ? before : before.triedAgain();
            boolean isFinal = why instanceof ArchiveException.Missing || tried.tries() >= settings.retries();
            if (isFinal && sent.wasAlone() && !retries.isBegunInCompany(index)) {
                fail(index, tried, why.getMessage());
            }
            retries.failed(index, sent.wasAlone(), failed.anew());
            claimed.set(index, tried);
            claimed.waitFor(
                    Wait.Kind.REFUSED,
                    "file " + before.path() + ", try " + tried.tries() + " of " + settings.retries() + ": "
                            + why.getMessage());
            tryLater(tried.tries(), sent.waited());
        }

        @Override
        public void broken(RequestOutcome.Broken broken) throws StepStopped {
            if (broken.why() instanceof Overtaken) {
                throw StepStopped.quietly();
            }
            sent.requester().broken(broken.why());
            countAway();
            waitOrFail(index, Wait.Kind.VOLUME, "the volume could not be written", FailureText.of(broken.why()));
            tryLater(retries.awayInARow(), 0);
        }

        @Override
        public void storeAway(RequestOutcome.StoreAway away) {
            throw away.why(); // Not a failure of the cart: the step is run again when the store is back.
        }

        @Override
        public void changed(RequestOutcome.Changed outcome) throws StepStopped {
            if (outcome.file().tries() >= settings.retries()) {
                fail(index, outcome.file(), outcome.file().reason());
            }
            changed.put(index, outcome.file());
        }

        @Override
        public void full(RequestOutcome.Full full) throws StepStopped {
            throw StepStopped.full();
        }

        @Override
        public void hopeless(RequestOutcome.Hopeless hopeless) throws StepStopped {
            fail(index, claimed.file(index), hopeless.why());
        }

        /** Counts the request once, however many files it has; no try is counted against a file. */
        private void countAway() {
            if (!countedAway) {
                countedAway = true;
                retries.away();
            }
        }

        /** @param waited how long the last try waited for its turn, in nanoseconds */
        private void tryLater(int tries, long waited) {
            // The files of one list stay together.
            retries.tryLater(index, tries, sent.seed(), now, waited);
        }
    }
}
