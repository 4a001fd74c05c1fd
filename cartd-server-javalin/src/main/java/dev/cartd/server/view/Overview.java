package dev.cartd.server.view;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.cartd.CartDetails;
import dev.cartd.Cartd;
import dev.cartd.Condition;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Outage;
import dev.cartd.server.carts.Carts;
import dev.cartd.space.EvictionCandidate;
import dev.cartd.space.Space;
import dev.cartd.space.SpaceSnapshot;
import dev.cartd.spi.SpaceStore.Holder;
import dev.cartd.spi.SpaceStore.Pin;
import dev.cartd.spi.SpaceStore.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an operator wants to see of all carts together. It reads all carts that take room, so it is read once in five
 * seconds at most, however many look at it. Safe for use by many threads.
 */
public final class Overview {
    private static final int FEW = 20;
    private static final Duration PERIOD = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofSeconds(2);

    private final Carts carts;
    private final LongSupplier nanos;
    private final Function<Space, Optional<Room>> rooms;
    private final Soon<Room> soon;
    private final AtomicLong changes = new AtomicLong();
    private final ReentrantLock looking = new ReentrantLock();
    private volatile @Nullable Look last;

    /** A look at {@code read}, after so many changes. */
    private record Look(State state, long read, long changes) {}

    /**
     * What there was to see at one moment.
     *
     * @param at the moment
     * @param archives the archives, the default one first
     * @param room the room on the volume; empty while the volume cannot be read in time
     * @param nodes the nodes that work on carts or send downloads
     * @param lately what became of carts lately, the last event first
     */
    public record State(
            Instant at, List<UsedArchive> archives, Optional<Room> room, List<Node> nodes, List<Event> lately) {}

    /**
     * An archive.
     *
     * @param name its name; empty for the default one
     * @param limit how many requests it can take at once, as far as this node has learned
     * @param away since when it is away, and why; empty if it is there, as far as this node knows
     */
    public record UsedArchive(String name, int limit, Optional<Outage.Away> away) {}

    /**
     * The room on the volume; all numbers are bytes.
     *
     * @param total the size of the file system
     * @param foreign what other programs take
     * @param size what carts may take
     * @param used what carts take
     * @param going what of that is being removed
     * @param reserved what carts in work have reserved and do not hold yet
     * @param free what carts can still reserve without an eviction
     * @param queue the first carts that wait for room
     * @param next the first carts that would be evicted
     */
    public record Room(
            long total,
            long foreign,
            long size,
            long used,
            long going,
            long reserved,
            long free,
            List<Waiting> queue,
            List<EvictionCandidate> next) {}

    /**
     * A node.
     *
     * @param steps how many carts it works on
     * @param downloads how many downloads it sends
     */
    public record Node(String name, int steps, int downloads) {}

    /**
     * What became of a cart.
     *
     * @param bytes the bytes of it that were staged
     * @param state {@link CartStatus#READY}, {@link CartStatus#ERROR} or {@link CartStatus#DELETED}
     * @param reason why it failed, or was evicted or purged; may be empty
     */
    public record Event(Instant at, long number, String uid, long bytes, CartStatus state, String reason) {
        private static Event of(Cart cart) {
            return new Event(
                    cart.status() == CartStatus.READY ? cart.ready().orElse(cart.updated()) : cart.updated(),
                    cart.id(),
                    cart.uid(),
                    cart.progress().stagedBytes(),
                    cart.status(),
                    cart.reason());
        }
    }

    /**
     * An overview of these carts.
     *
     * @param nanos the time, like {@link System#nanoTime}
     */
    public Overview(Carts carts, LongSupplier nanos) {
        this(carts, nanos, Overview::room, LONGEST);
    }

    Overview(Carts carts, LongSupplier nanos, Function<Space, Optional<Room>> rooms, Duration longest) {
        this.carts = carts;
        this.nanos = nanos;
        this.rooms = rooms;
        this.soon = new Soon<>(longest);
    }

    /**
     * What there is to see, at most five seconds old; older only while another thread looks.
     *
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    public State state() {
        Look known = last;
        if (known != null && isFresh(known)) {
            return known.state();
        }
        if (!(known == null ? waits() : looking.tryLock())) {
            if (known != null) {
                return known.state();
            }
            throw new CartException.Unavailable("The first look at all carts takes too long; try again.");
        }
        try {
            Look now = last;
            if (now == null || !isFresh(now)) {
                long seen = changes.get();
                now = new Look(look(carts.whole()), nanos.getAsLong(), seen);
                last = now;
            }
            return now.state();
        } finally {
            looking.unlock();
        }
    }

    private boolean isFresh(Look look) {
        return look.changes() == changes.get() && nanos.getAsLong() - look.read() <= PERIOD.toNanos();
    }

    private boolean waits() {
        try {
            return looking.tryLock(PERIOD.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Has the next look see what changed until now. Never waits. */
    public void changed() {
        changes.incrementAndGet();
    }

    private State look(Cartd cartd) {
        CartDetails details = carts.details();
        List<Pin> pins = cartd.space().pins();
        return new State(
                details.now(),
                archives(cartd),
                soon.ask(() -> rooms.apply(cartd.space())), // On a volume that hangs it never ends.
                nodes(cartd.nodes(), pins),
                lately(cartd, details));
    }

    private static List<UsedArchive> archives(Cartd cartd) {
        List<Condition> conditions = cartd.conditions();
        List<UsedArchive> archives = new ArrayList<>();
        cartd.requestLimits().forEach((name, limit) -> {
            String condition = ("archive " + name).strip();
            archives.add(new UsedArchive(
                    name,
                    limit,
                    conditions.stream()
                            .filter(known -> known.name().equals(condition))
                            .findFirst()
                            .flatMap(Condition::away)));
        });
        return archives;
    }

    private static Optional<Room> room(Space space) {
        SpaceSnapshot snapshot;
        try {
            snapshot = space.snapshot();
        } catch (UncheckedIOException e) {
            return Optional.empty(); // The condition of the volume says why.
        }
        long going = snapshot.holders().stream()
                .filter(cart -> cart.status() == CartStatus.DELETED)
                .mapToLong(Holder::bytes)
                .sum();
        return Optional.of(new Room(
                snapshot.total(),
                snapshot.foreign(),
                snapshot.size(),
                snapshot.used(),
                going,
                snapshot.promised(),
                snapshot.left(),
                space.waiting().stream().limit(FEW).toList(),
                space.next(snapshot).stream().limit(FEW).toList()));
    }

    private static List<Node> nodes(Map<String, Integer> steps, List<Pin> pins) {
        Map<String, Integer> downloads = new TreeMap<>();
        steps.keySet().forEach(name -> downloads.put(name, 0));
        pins.forEach(pin -> downloads.merge(pin.node(), pin.downloads(), Integer::sum));
        return downloads.entrySet().stream()
                .map(node -> new Node(node.getKey(), steps.getOrDefault(node.getKey(), 0), node.getValue()))
                .toList();
    }

    private static List<Event> lately(Cartd cartd, CartDetails details) {
        return Stream.of(
                        cartd.deleted(FEW),
                        details.find(Set.of(CartStatus.ERROR), "", Long.MAX_VALUE, FEW),
                        details.find(Set.of(CartStatus.READY), "", Long.MAX_VALUE, FEW))
                .flatMap(List::stream)
                .map(Event::of)
                .sorted(Comparator.comparing(Event::at).reversed())
                .limit(FEW)
                .toList();
    }

    /** The document of a state. */
    static String json(State state) {
        return Json.object(json -> {
            Json.moment(json, "at", state.at());
            list(json, "archives", state.archives(), archive -> {
                json.writeStringField("name", archive.name());
                json.writeNumberField("limit", archive.limit());
                if (archive.away().isPresent()) {
                    Json.moment(json, "awaySince", archive.away().get().since());
                    json.writeStringField("reason", archive.away().get().reason());
                }
            });
            if (state.room().isPresent()) {
                Json.object(json, "room", inside -> room(inside, state.room().get()));
            }
            list(json, "nodes", state.nodes(), node -> {
                json.writeStringField("name", node.name());
                json.writeNumberField("carts", node.steps());
                json.writeNumberField("downloads", node.downloads());
            });
            list(json, "lately", state.lately(), event -> {
                Json.moment(json, "at", event.at());
                json.writeNumberField("number", event.number());
                json.writeStringField("uid", event.uid());
                json.writeNumberField("bytes", event.bytes());
                json.writeStringField("state", event.state().word());
                Json.text(json, "reason", event.reason());
            });
        });
    }

    private static void room(JsonGenerator json, Room room) throws IOException {
        json.writeNumberField("total", room.total());
        json.writeNumberField("foreign", room.foreign());
        json.writeNumberField("size", room.size());
        json.writeNumberField("used", room.used());
        json.writeNumberField("going", room.going());
        json.writeNumberField("reserved", room.reserved());
        json.writeNumberField("free", room.free());
        list(json, "queue", room.queue(), waiting -> {
            json.writeNumberField("number", waiting.cart());
            json.writeStringField("uid", waiting.uid());
            json.writeNumberField("bytes", waiting.bytes());
            Json.moment(json, "since", waiting.since());
        });
        list(json, "next", room.next(), candidate -> {
            json.writeNumberField("number", candidate.cart());
            json.writeStringField("uid", candidate.uid());
            json.writeNumberField("bytes", candidate.bytes());
            Json.moment(json, "lastUse", candidate.used());
        });
    }

    private interface Members<T> {
        void write(T one) throws IOException;
    }

    private static <T> void list(JsonGenerator json, String name, List<T> all, Members<T> members) throws IOException {
        json.writeArrayFieldStart(name);
        for (T one : all) {
            json.writeStartObject();
            members.write(one);
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
