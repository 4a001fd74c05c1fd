package dev.cartd.spi;

import java.util.Objects;

/** A request to the archive that failed. The message is one line for people; it does not name the file. */
public abstract sealed class ArchiveException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private ArchiveException(String message) {
        super(message);
    }

    private ArchiveException(String message, Throwable cause) {
        super(message, cause);
    }

    /** What went wrong, in one line; never null. */
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }

    /** The archive does not have the file: final at once. */
    public static final class Missing extends ArchiveException {
        private static final long serialVersionUID = 1;

        /** The file is missing. */
        public Missing() {
            super("the archive does not have it");
        }
    }

    /** The archive itself answered that it cannot or will not: worth a few tries, for this file. */
    public static final class Refused extends ArchiveException {
        private static final long serialVersionUID = 1;

        /** A refusal, such as {@code the archive answers 500: Permission denied}. */
        public Refused(String message) {
            super(message);
        }
    }

    /** The archive could not be reached: nothing is counted against the file, the archive is waited for. */
    public static final class Unreachable extends ArchiveException {
        private static final long serialVersionUID = 1;

        /** What happened on the way, such as {@code connection refused}. */
        public Unreachable(String message) {
            super(message);
        }

        /** What happened on the way, and its cause. */
        public Unreachable(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
