package dev.cartd.spi;

import java.util.Objects;

/** A request to the archive that failed. The message is one line for people; it does not name the file. */
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
     * Whether too many requests at once may be the reason: what came was damaged or cut off, or did not come in time. An
     * answer that just is not the one hoped for is none of these.
     */
    public final boolean isStrained() {
        return strained;
    }

    /** The archive does not have the file: final at once. */
    public static final class Missing extends ArchiveException {
        private static final long serialVersionUID = 1;

        /** The file is missing. */
        public Missing() {
            super("the archive does not have it", false);
        }
    }

    /** The archive itself answered that it cannot or will not: worth a few tries, for this file. */
    public static final class Refused extends ArchiveException {
        private static final long serialVersionUID = 1;

        /** A refusal, such as {@code the archive answers 500: Permission denied}. */
        public Refused(String message) {
            this(message, false);
        }

        private Refused(String message, boolean strained) {
            super(message, strained);
        }

        /** An answer that came damaged, such as {@code only 7 of 9 bytes arrived}: the archive may be strained. */
        public static Refused damaged(String message) {
            return new Refused(message, true);
        }
    }

    /** The archive could not be reached: nothing is counted against the file, the archive is waited for. */
    public static final class Unreachable extends ArchiveException {
        private static final long serialVersionUID = 1;

        /** What happened on the way, such as {@code connection refused}. */
        public Unreachable(String message) {
            super(message, false);
        }

        /** What happened on the way, and its cause. */
        public Unreachable(String message, Throwable cause) {
            this(message, false, cause);
        }

        private Unreachable(String message, boolean strained, Throwable cause) {
            super(message, strained, cause);
        }

        /** A request that was under way, and was cut or not answered in time: the archive may be strained. */
        public static Unreachable midway(String message, Throwable cause) {
            return new Unreachable(message, true, cause);
        }
    }
}
