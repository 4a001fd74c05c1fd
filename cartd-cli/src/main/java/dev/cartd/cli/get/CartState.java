package dev.cartd.cli.get;

import dev.cartd.cli.config.FailedException;
import java.util.OptionalLong;

/**
 * A cart as its server sees it now.
 *
 * @param number the number of the cart, by which it is told from another one of its uid
 * @param state the word of its state
 * @param reason why it is in error; may be empty
 * @param message what it waits for; may be empty
 */
record CartState(
        long number,
        String state,
        String reason,
        String message,
        long files,
        long staged,
        long tape,
        OptionalLong bytes) {
    boolean isReady() {
        return state.equals("ready");
    }

    boolean isFailed() {
        return state.equals("error");
    }

    /** The exception for a cart that failed. */
    FailedException failure() {
        return new FailedException("the cart failed" + (reason.isEmpty() ? "" : ": " + reason));
    }

    /** Whether the cart has come on, compared with an earlier look. */
    boolean differs(CartState earlier) {
        return staged != earlier.staged || !state.equals(earlier.state);
    }
}
