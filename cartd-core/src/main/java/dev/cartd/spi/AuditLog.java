package dev.cartd.spi;

/**
 * The audit log: a line for each cart that is deleted, evicted, kept or repaired, for each stray that is removed, and
 * for all that decides who is let in. Its lines are logged like all others, by a logger of this name, so that a program
 * can send them to a file of their own.
 */
public final class AuditLog {
    /** The name of the logger, for {@code System.getLogger} and for SLF4J. */
    public static final String NAME = "cartd.audit";

    private AuditLog() {}
}
