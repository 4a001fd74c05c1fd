package dev.cartd.pull;

import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.limit.RequestLimit;
import dev.cartd.spi.ArchiveException;
import dev.cartd.system.Timeline;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A request for one or more files of a cart, from its place in the lane to its outcomes. A thread of the {@link
 * RequestLimit} sends it; once it has ended, the round's thread reads the outcomes.
 */
final class SentRequest implements RequestLimit.Request {
    private static final System.Logger LOG = System.getLogger(SentRequest.class.getName());

    private final List<Integer> indexes;
    private final List<CartFile> files;
    private final boolean mustBeAlone;
    private final Requester requester;
    private final AskingThreads threads;
    private final Timeline clock;
    private final Consumer<SentRequest> onEnd;
    private final long queued;
    private long begun;
    private List<RequestOutcome> outcomes;
    private boolean alone;

    /**
     * @param indexes the indexes of the files in the cart
     * @param files the files as they are now, in the same order
     * @param mustBeAlone whether it is sent only while no other request is out
     * @param threads interrupts requests that do not write
     * @param onEnd gets this request when it has ended; must not block
     */
    SentRequest(
            List<Integer> indexes,
            List<CartFile> files,
            boolean mustBeAlone,
            Requester requester,
            AskingThreads threads,
            Timeline clock,
            Consumer<SentRequest> onEnd) {
        this.indexes = indexes;
        this.files = files;
        this.mustBeAlone = mustBeAlone;
        this.requester = requester;
        this.threads = threads;
        this.clock = clock;
        this.onEnd = onEnd;
        this.queued = clock.nanos();
        this.begun = queued;
        this.outcomes = all(new RequestOutcome.Yielded());
    }

    @Override
    public boolean isAlone() {
        return mustBeAlone;
    }

    @Override
    public RequestLimit.Verdict send() {
        begun = clock.nanos();
        outcomes = requester.writes() ? ask() : threads.ask(this::ask, all(new RequestOutcome.Yielded()));
        RequestLimit.Verdict verdict = verdict();
        return verdict == RequestLimit.Verdict.RIGHT && !requester.writes() ? RequestLimit.Verdict.ANSWERED : verdict;
    }

    /** One damaged answer of a list counts more than all the right ones; a plain refusal says nothing. */
    private RequestLimit.Verdict verdict() {
        Set<RequestLimit.Verdict> said =
                outcomes.stream().map(RequestOutcome::verdict).collect(Collectors.toSet());
        return Stream.of(RequestLimit.Verdict.WRONG, RequestLimit.Verdict.RIGHT)
                .filter(said::contains)
                .findFirst()
                .orElse(RequestLimit.Verdict.NEUTRAL);
    }

    /** Turns whatever an adapter throws into outcomes: the round waits for one of each file. */
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

    @Override
    public void sent(boolean wasAlone) {
        alone = wasAlone;
        onEnd.accept(this);
    }

    /** The indexes of its files in the cart. */
    List<Integer> indexes() {
        return indexes;
    }

    /** The outcome for the file at this place in {@link #indexes}. */
    RequestOutcome outcome(int place) {
        return outcomes.get(place);
    }

    /** What sent it. */
    Requester requester() {
        return requester;
    }

    /** Whether no other request was out while this one was. */
    boolean wasAlone() {
        return alone;
    }

    /** How long it waited for its turn, in nanoseconds. */
    long waited() {
        return begun - queued;
    }

    /** A number that is the same for all of its files, and not for those of most other requests. */
    long seed() {
        return files.get(0).id();
    }
}
