package dev.cartd.pull;

import dev.cartd.cart.CartFile;
import dev.cartd.claim.ClaimedCart;
import dev.cartd.claim.StepStopped;
import java.io.IOException;
import java.util.List;

/** Sends the requests of a {@link RequestRound}. One sends one kind of request. */
public interface Requester {
    /**
     * Sends one request for these files, at most {@link #batch} of them, and waits for the outcomes: one for each
     * file, in the same order. Called on a thread of the limit.
     */
    List<RequestOutcome> ask(List<Integer> indexes, List<CartFile> files);

    /** The most files that one request is for; 1 or more, always the same. */
    default int batch() {
        return 1;
    }

    /**
     * Selects those of these files for which a request is sent now; the others are offered again a second later,
     * unless they are staged by now. Called on the thread of the round.
     *
     * @throws StepStopped if the cart is no longer this step's
     */
    default List<Integer> admit(List<Integer> indexes) throws StepStopped {
        return indexes;
    }

    /**
     * Does what has to be done before each {@link ClaimedCart#save}. Called on the thread of the round, at least twice a
     * second or so.
     *
     * @throws StepStopped if the cart is no longer this step's
     */
    default void beforeSave() throws StepStopped {}

    /**
     * Whether requests write to the volume: then the round waits for those that are out before it ends. Others are
     * interrupted instead, so that a deleted cart is removed at once even if the archive hangs.
     */
    default boolean writes() {
        return false;
    }

    /**
     * Called on the thread of the round when a request could not use the volume.
     *
     * @throws StepStopped if the volume is away: then the failure is not counted against the cart
     */
    default void broken(IOException why) throws StepStopped {}

    /** Ends at once the requests that are out. */
    default void cancel() {}
}
