package dev.cartd.spi;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * A notice: what happened to a cart, for one receiver.
 *
 * @param id the name of the notice, unique for ever; the same each time that it is sent
 * @param event what happened
 * @param cart the number of the cart
 * @param uid the uid of the cart, as the client chose it
 * @param reason why it happened, or a remark about a ready cart, in one line; may be empty
 * @param files how many files the cart has
 * @param bytes how many bytes its files have; empty if that is not known
 * @param happened when it happened
 * @param receiver {@link #URL}, {@link #COMMAND}, or the URL that a client asked for
 * @param host what notices to the same receiver have in common: {@link #URL}, {@link #COMMAND}, or the host of the URL
 * @param tries how often it was begun to be sent
 * @param due when it is sent next; empty if it was given up
 * @param failure why it could not be sent the last time, in one line; empty if it was not tried yet
 */
public record Notice(
        String id,
        Event event,
        long cart,
        String uid,
        String reason,
        int files,
        Optional<Long> bytes,
        Instant happened,
        String receiver,
        String host,
        int tries,
        Optional<Instant> due,
        String failure) {

    /** The receiver that stands for the URL of the configuration. */
    public static final String URL = "url";

    /** The receiver that stands for the program of the configuration. */
    public static final String COMMAND = "command";

    /** What happened. */
    public enum Event {
        /** The cart became ready. */
        READY,
        /** The cart failed. */
        FAILED,
        /** The cart was ready, and was evicted or purged. */
        EVICTED;

        /** The event in one word. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** @throws IllegalArgumentException if there is no such event */
        public static Event of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }
}
