package dev.cartd.cart;

import dev.cartd.system.MachineBoot;

/**
 * How certain it is that the bytes of a cart's staged files are on the medium, and are the bytes that the store
 * recorded. Immutable, so safe for use by many threads. No method throws.
 */
public sealed interface Durability {
    /** All staged files are on the medium. */
    Durability SYNCED = new Synced();

    /** Nobody knows what the volume has: all staged files have to be hashed again. */
    Durability UNPROVEN = new Unproven();

    /** The text of {@link #UNPROVEN}; no machine has a boot of this name. */
    String UNPROVEN_TEXT = "check";

    /** Files may have been recorded before they were synced, during the present boot of this machine. */
    static Durability sinceThisBoot() {
        return new SinceBoot(MachineBoot.ID);
    }

    /** The durability that a store recorded as this {@link #text}. */
    static Durability of(String text) {
        return switch (text) {
            case "" -> SYNCED;
            case UNPROVEN_TEXT -> UNPROVEN;
            default -> new SinceBoot(text);
        };
    }

    /** What a store records: empty for {@link #SYNCED}, otherwise {@link #UNPROVEN_TEXT} or the id of a boot. */
    String text();

    /**
     * Whether the bytes on the volume are certainly those that the store recorded: they are synced, or were recorded
     * during this boot. Bytes of another boot may not have reached the medium, and unproven ones may be damaged.
     */
    boolean isTrusted();

    /** See {@link #SYNCED}. */
    record Synced() implements Durability {
        @Override
        public String text() {
            return "";
        }

        @Override
        public boolean isTrusted() {
            return true;
        }
    }

    /**
     * Files may have been recorded before they were synced. Their bytes outlast the process that wrote them, but not
     * certainly the boot of the machine.
     *
     * @param boot the {@link MachineBoot#ID} of the boot under which they were recorded
     */
    record SinceBoot(String boot) implements Durability {
        @Override
        public String text() {
            return boot;
        }

        @Override
        public boolean isTrusted() {
            return boot.equals(MachineBoot.ID);
        }
    }

    /** See {@link #UNPROVEN}. */
    record Unproven() implements Durability {
        @Override
        public String text() {
            return UNPROVEN_TEXT;
        }

        @Override
        public boolean isTrusted() {
            return false;
        }
    }
}
