package dev.cartd.pull;

import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.claim.StepStopped;
import dev.cartd.limit.RequestLimit;
import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.util.Optional;

/** The outcome of one request for one file of a cart. Immutable. */
public sealed interface RequestOutcome {
    /**
     * Passes this outcome to the method of {@code receiver} for its kind.
     *
     * @throws StepStopped if the receiver throws it
     */
    void passTo(Receiver receiver) throws StepStopped;

    /** The new state of the file if the request is done; it is right even if the round ends before its time. */
    default Optional<CartFile> done() {
        return Optional.empty();
    }

    /** What the outcome says about how many requests the archive can take. */
    default RequestLimit.Verdict verdict() {
        return RequestLimit.Verdict.NEUTRAL;
    }

    /** Takes outcomes: one method for each kind, which has the kind's name, so that no kind can be forgotten. */
    interface Receiver {
        void right(Right outcome);

        void decided(Decided outcome);

        void yielded(Yielded outcome);

        /** @throws StepStopped if the cart fails */
        void failed(Failed outcome) throws StepStopped;

        /** @throws StepStopped if the cart fails, the volume is away or the claim is lost */
        void broken(Broken outcome) throws StepStopped;

        void storeAway(StoreAway outcome);

        /** @throws StepStopped if the cart fails */
        void changed(Changed outcome) throws StepStopped;

        /** @throws StepStopped always: the cart waits for room */
        void full(Full outcome) throws StepStopped;

        /** @throws StepStopped always: the cart fails */
        void hopeless(Hopeless outcome) throws StepStopped;
    }

    /** The archive gave a right answer. {@code file} is the new state of the file. */
    record Right(CartFile file) implements RequestOutcome {
        @Override
        public void passTo(Receiver receiver) {
            receiver.right(this);
        }

        @Override
        public Optional<CartFile> done() {
            return Optional.of(file);
        }

        @Override
        public RequestLimit.Verdict verdict() {
            return RequestLimit.Verdict.RIGHT;
        }
    }

    /** The file has a new state, and that says nothing about how the archive works: no bytes came from there. */
    record Decided(CartFile file) implements RequestOutcome {
        @Override
        public void passTo(Receiver receiver) {
            receiver.decided(this);
        }

        @Override
        public Optional<CartFile> done() {
            return Optional.of(file);
        }
    }

    /** The request yielded before its end and is to be sent again. */
    record Yielded() implements RequestOutcome {
        @Override
        public void passTo(Receiver receiver) {
            receiver.yielded(this);
        }
    }

    /**
     * The archive or the connection to it failed.
     *
     * @param far whether so many bytes had arrived that this is not counted as a failed try
     * @param anew whether the next try begins at the first byte
     */
    record Failed(ArchiveException why, boolean far, boolean anew) implements RequestOutcome {
        /** A failure after which the next try begins at the first byte. */
        public Failed(ArchiveException why, boolean far) {
            this(why, far, true);
        }

        @Override
        public void passTo(Receiver receiver) throws StepStopped {
            receiver.failed(this);
        }

        /** A plain refusal or an unreachable archive says nothing. */
        @Override
        public RequestLimit.Verdict verdict() {
            return why.isStrained() ? RequestLimit.Verdict.WRONG : RequestLimit.Verdict.NEUTRAL;
        }
    }

    /** The volume failed to read or write. */
    record Broken(IOException why) implements RequestOutcome {
        @Override
        public void passTo(Receiver receiver) throws StepStopped {
            receiver.broken(this);
        }
    }

    /** The store could not be reached, so that the file could not be placed; its state is unchanged. */
    record StoreAway(CartException.Unavailable why) implements RequestOutcome {
        @Override
        public void passTo(Receiver receiver) {
            receiver.storeAway(this);
        }
    }

    /** The file changed in the archive. {@code file} has its new size and modification time. */
    record Changed(CartFile file) implements RequestOutcome {
        @Override
        public void passTo(Receiver receiver) throws StepStopped {
            receiver.changed(this);
        }
    }

    /** The volume is too full for the file, though room was reserved. */
    record Full() implements RequestOutcome {
        @Override
        public void passTo(Receiver receiver) throws StepStopped {
            receiver.full(this);
        }
    }

    /** The volume can never hold the file, for this reason. */
    record Hopeless(String why) implements RequestOutcome {
        @Override
        public void passTo(Receiver receiver) throws StepStopped {
            receiver.hopeless(this);
        }
    }
}
