package dev.cartd.spi;

import java.util.Objects;

/**
 * A request to the archive failed. The subtype says whether the file is missing, the request was refused, or the
 * archive could not be reached. The message is one line for people; it does not name the file.
 */
public abstract sealed class ArchiveException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean strained;

    private ArchiveException(String message, boolean strained) {
        super(message);
        this.strained = strained;
    }

    private ArchiveException(String message, boolean strained, Throwable cause) {
        super(message, cause);
        this.strained = strained;
    }

    /** What went wrong, in one line; never null. */
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }

    /**
     * Whether too many requests at once may be the reason: the answer was damaged, cut off, or did not arrive in time.
     * A complete answer that refuses the request is not a sign of that.
     */
    public final boolean isStrained() {
        return strained;
    }

    /** The archive does not have the file. The file fails at once, without further tries. */
    public static final class Missing extends ArchiveException {
        private static final long serialVersionUID = 1;

        /** A failure with the message that the archive does not have the file. */
        public Missing() {
            super("the archive does not have it", false);
        }
    }

    /** The archive answered, but refused the request or sent a damaged answer. The file is tried a few more times. */
    public static final class Refused extends ArchiveException {
        private static final long serialVersionUID = 1;

        /** A refusal with this message, such as {@code the archive answers 500: Permission denied}. */
        public Refused(String message) {
            this(message, false);
        }

        private Refused(String message, boolean strained) {
            super(message, strained);
        }

        /** A damaged answer, such as {@code only 7 of 9 bytes arrived}: {@link #isStrained} is true. */
        public static Refused damaged(String message) {
            return new Refused(message, true);
        }
    }

    /** The archive could not be reached. This does not count against the file: cartd waits for the archive. */
    public static final class Unreachable extends ArchiveException {
        private static final long serialVersionUID = 1;

        /** A failure with this message, such as {@code connection refused}. */
        public Unreachable(String message) {
            this(message, false);
        }

        /** A failure with this message and its cause. */
        public Unreachable(String message, Throwable cause) {
            this(message, false, cause);
        }

        private Unreachable(String message, boolean strained) {
            super(message, strained);
        }

        private Unreachable(String message, boolean strained, Throwable cause) {
            super(message, strained, cause);
        }

        /** An answer that did not come in time, or that the archive is too busy: {@link #isStrained} is true. */
        public static Unreachable midway(String message) {
            return new Unreachable(message, true);
        }

        /** A request that was cut off under way or not answered in time: {@link #isStrained} is true. */
        public static Unreachable midway(String message, Throwable cause) {
            return new Unreachable(message, true, cause);
        }
    }
}
