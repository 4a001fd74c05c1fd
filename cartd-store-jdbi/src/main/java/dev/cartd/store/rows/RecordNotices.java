package dev.cartd.store.rows;

import dev.cartd.cart.CartStatus;
import dev.cartd.spi.Notice;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/**
 * Records notices in the transaction that changes a cart, after the change.
 *
 * @param always the receivers of all notices
 */
public record RecordNotices(Set<String> always) {
    private static final String URLS = "select url from cartnotify where cart_id = :cart order by url";
    private static final String INSERT = """
            insert into cartnotice (id, receiver, host, event, cart_id, cart_uid, reason, files, bytes,
                happened_at, due_at)
            select :id, :receiver, :host, :event, id, cart_uid, error, coalesce(file_count, 0),
                case when total_bytes < 0 then null else total_bytes end, :now, :now
            from cart where id = :cart""";

    /** Copies the receivers. */
    public RecordNotices {
        always = Set.copyOf(always);
    }

    /** What is to be told of a cart that came into this state; empty if it is nothing. */
    public static Optional<Notice.Event> event(CartStatus status) {
        return switch (status) {
            case READY -> Optional.of(Notice.Event.READY);
            case ERROR -> Optional.of(Notice.Event.FAILED);
            case WAITING, STAGING, BUNDLING, DELETED -> Optional.empty();
        };
    }

    /** Records a notice for each receiver of the cart. */
    public void run(Handle handle, long cart, Notice.Event event, Instant now) {
        List<String> urls =
                handle.createQuery(URLS).bind("cart", cart).mapTo(String.class).list();
        Stream.concat(always.stream(), urls.stream()).forEach(receiver -> run(handle, cart, event, receiver, now));
    }

    /** Records a notice for one receiver. */
    public static void run(Handle handle, long cart, Notice.Event event, String receiver, Instant now) {
        handle.createUpdate(INSERT)
                .bind("id", UUID.randomUUID().toString())
                .bind("receiver", receiver)
                .bind("host", host(receiver))
                .bind("event", event.word())
                .bind("now", now.toEpochMilli())
                .bind("cart", cart)
                .execute();
    }

    /** @throws IllegalArgumentException if a receiver is a URL without a host */
    public static void requireHost(String receiver) {
        String unused = host(receiver);
    }

    /** In lower case: the limit for one host must not depend on how a client spells it. */
    private static String host(String receiver) {
        if (receiver.equals(Notice.URL) || receiver.equals(Notice.COMMAND)) {
            return receiver;
        }
        return Optional.ofNullable(URI.create(receiver).getHost())
                .orElseThrow(() -> new IllegalArgumentException("a URL without a host"))
                .toLowerCase(Locale.ROOT);
    }
}
