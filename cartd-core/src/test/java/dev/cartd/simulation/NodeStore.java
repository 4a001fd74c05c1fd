package dev.cartd.simulation;

import dev.cartd.Around;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Durability;
import dev.cartd.cart.Standstill;
import dev.cartd.cart.Wait;
import dev.cartd.local.MemoryStore;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.SpaceStore;
import dev.cartd.spi.TwinStore;
import dev.cartd.spi.VolumeStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One store for all nodes of a run, as each node reaches it: other strands run before and after each call, it is away
 * now and then, and sometimes a commit is done and its answer lost.
 */
final class NodeStore {
    /** These are called under a monitor of the core, so nothing else may run meanwhile. */
    private static final Set<String> UNDER_MONITORS = Set.of("files", "memory", "live", "lasts", "id");

    private static final Set<String> WRITES = Set.of(
            "add",
            "delete",
            "claim",
            "record",
            "move",
            "finish",
            "restage",
            "removed",
            "begin",
            "share",
            "reserve",
            "giveBack",
            "pin",
            "keep",
            "evict");

    private final Machine machine;
    private final Trace trace;
    private final Bug bug;
    private final Consistency consistency;
    private final MemoryStore store;

    /** The downloads of each cart, by node: the store in memory knows one process only. */
    private final Map<Long, Map<String, SpaceStore.Pin>> pins = new TreeMap<>();

    private long awayUntil = -1;
    private int answersToLose;
    private int boots;

    /** The last claim of each strand. */
    private final Map<Machine.Strand, Cart> claims = new HashMap<>();

    /** Until when each cart must be kept. */
    private final Map<Long, Instant> kept = new TreeMap<>();

    /** The room that each cart got last. */
    private final Map<Long, Long> granted = new TreeMap<>();

    /** Is told what becomes of carts. */
    interface Consistency {
        void isReady(Cart cart);

        void hasFailed(Cart cart, String reason);

        void roomIsGiven();

        /** Removes the files of a cart, which must not be. */
        void remove(long cart);

        void isWrong(String what);
    }

    NodeStore(Machine machine, Trace trace, Bug bug, MemoryStore store, Consistency consistency) {
        this.machine = machine;
        this.trace = trace;
        this.bug = bug;
        this.store = store;
        this.consistency = consistency;
    }

    void away(Duration time) {
        awayUntil = machine.now() + time.toNanos();
        trace.add("store", "is away for " + time);
    }

    void loseAnswers(int count) {
        answersToLose = count;
    }

    void heal() {
        awayUntil = -1;
        answersToLose = 0;
    }

    /** The machine of all nodes has restarted: what was recorded before was recorded during another boot. */
    void boot() {
        boots += bug == Bug.RESTART_UNSEEN ? 0 : 1;
    }

    /** Whether this strand works on the cart under a claim that does not hold any more. */
    boolean isLate(Cart cart) {
        Cart claim = claims.get(machine.current());
        return claim != null && claim.id() == cart.id() && claim.epoch() != cart.epoch();
    }

    private Cart toStore(Cart claim) {
        Cart cart = claim.durability().equals(Durability.sinceThisBoot())
                ? claim.with(new Durability.SinceBoot("boot" + boots))
                : claim;
        return switch (bug) {
            case COUNTED_TWICE -> cart.holding(2 * cart.held());
            case SAME_EPOCH -> unfenced(cart);
            default -> cart;
        };
    }

    private Cart toNode(Cart claim) {
        return claim.durability().equals(new Durability.SinceBoot("boot" + boots))
                ? claim.with(Durability.sinceThisBoot())
                : claim;
    }

    boolean isAway() {
        return machine.now() < awayUntil;
    }

    void requireThere() {
        if (isAway()) {
            throw new CartException.Unavailable("the simulated database is away");
        }
    }

    /** The store as a node reaches it. */
    CartStore of(Machine.Node node) {
        SpaceStore space = Around.port(
                SpaceStore.class,
                store.space(),
                (method, args, port) -> call(method, () -> space(node, method, args, port)));
        TwinStore twins = Around.port(
                TwinStore.class,
                store.twins(),
                (method, args, port) -> call(method, () -> seenTwins(twins(method, args, port))));
        VolumeStore volume = Around.port(
                VolumeStore.class,
                store.volume(),
                (method, args, port) -> method.equals("lasts") ? (Object) true : call("id", port));
        return Around.port(CartStore.class, store, (method, args, port) -> switch (method) {
            case "space" -> space;
            case "twins" -> twins;
            case "volume" -> volume;
            case "close" -> null;
            default -> call(method, () -> carts(method, args, port));
        });
    }

    private @Nullable Object call(String method, Callable<@Nullable Object> port) throws Exception {
        machine.check();
        boolean mayYield = !UNDER_MONITORS.contains(method);
        if (mayYield) {
            rest();
        }
        requireThere();
        Object answer = port.call();
        if (answersToLose > 0 && WRITES.contains(method)) {
            answersToLose--;
            trace.add("store", "the answer to " + method + " is lost");
            throw new CartException.Unavailable("the answer of the simulated database is lost");
        }
        if (mayYield) {
            rest();
        }
        return answer;
    }

    private void rest() {
        int chance = machine.random.nextInt(16);
        if (chance == 0) {
            machine.sleep(Duration.ofMillis(machine.random.nextInt(20)));
        } else if (chance < 6) {
            machine.letOthersRun();
        }
    }

    private @Nullable Object carts(String method, List<?> args, Callable<@Nullable Object> port) throws Exception {
        return switch (method) {
            case "claim" -> claim((Long) args.get(0));
            case "live" -> port.call() instanceof List<?> carts ? seen(carts) : port.call();
            case "record" -> record(toStore((Cart) args.get(0)), files(args.get(1)));
            case "move" ->
                move((Cart) args.get(0), (CartStatus) args.get(1), (String) args.get(2), (String) args.get(3));
            case "finish" -> finish((Cart) args.get(0), files(args.get(1)), (String) args.get(2), (String) args.get(3));
            case "delete" -> delete((String) args.get(0));
            case "removed" -> {
                trace.add("removed", String.valueOf(args.get(0)));
                yield port.call();
            }
            default -> port.call();
        };
    }

    private Optional<Cart> claim(long cart) {
        Optional<Instant> counted = store.live(cart + 1, 1).stream()
                .map(old -> old.standstill().counted())
                .findFirst();
        Optional<Cart> claim = store.claim(cart);
        claim.ifPresent(got -> claims.put(machine.current(), got));
        trace.add("claim", cart + (claim.isPresent() ? "" : ": there is nothing to do"));
        return claim.map(this::toNode).map(got -> switch (bug) {
            case SAME_EPOCH -> withEpoch(got, 1);
            case DOWNTIME_COUNTED -> got.with(withDowntime(got.standstill(), counted.orElse(Instant.EPOCH)));
            default -> got;
        });
    }

    private static Standstill withDowntime(Standstill now, Instant before) {
        Duration down = Duration.between(before, now.counted());
        return before.equals(Instant.EPOCH) || down.compareTo(Standstill.GAP) < 0
                ? now
                : new Standstill(
                        now.stalled().plus(down),
                        now.counted(),
                        now.waitsFor()
                                .map(wait -> new Wait(
                                        wait.kind(),
                                        wait.since(),
                                        wait.waited().plus(down),
                                        wait.limit(),
                                        wait.detail())));
    }

    private static Cart withEpoch(Cart cart, long epoch) {
        return new Cart(
                cart.id(),
                cart.uid(),
                cart.bundle(),
                cart.status(),
                cart.reason(),
                cart.bundlePath(),
                cart.created(),
                cart.updated(),
                cart.ready(),
                cart.readyLocal(),
                epoch,
                cart.progress(),
                cart.held(),
                cart.kept(),
                cart.standstill(),
                cart.durability());
    }

    private List<Cart> seen(List<?> carts) {
        List<Cart> seen = new ArrayList<>();
        carts.forEach(each -> {
            Cart cart = (Cart) each;
            seen.add(bug == Bug.LINK_EARLY && cart.status().inWork() ? cart.withStatus(CartStatus.READY) : cart);
        });
        return seen;
    }

    private List<Long> delete(String uid) {
        List<Long> deleted = store.delete(uid);
        trace.add("deleted", deleted.toString());
        if (bug == Bug.FORGOTTEN_EARLY) {
            deleted.forEach(store::removed);
        }
        return deleted;
    }

    private static List<CartFile> files(Object list) {
        List<CartFile> files = new ArrayList<>();
        ((List<?>) list).forEach(file -> files.add((CartFile) file));
        return files;
    }

    private boolean record(Cart claim, List<CartFile> files) {
        if (bug == Bug.NO_FENCE) {
            return store.record(unfenced(claim), files);
        }
        if (bug == Bug.TRIES_FORGOTTEN) {
            return store.record(
                    claim, files.stream().map(NodeStore::withoutTries).toList());
        }
        if (bug == Bug.LOST_RECORD && files.size() > 1) {
            return store.record(claim, files.subList(1, files.size()));
        }
        boolean held = store.record(claim, files);
        if (trace.isRead() && !files.isEmpty()) {
            files.forEach(file -> trace.add("record", claim.id() + "." + file.id() + " " + file.status() + " " + held));
        }
        return held;
    }

    private static CartFile withoutTries(CartFile file) {
        return new CartFile(
                file.id(),
                file.archiveId(),
                file.path(),
                file.checksum(),
                file.status(),
                file.reason(),
                file.size(),
                file.mtime(),
                file.online(),
                file.asked(),
                file.shared(),
                0,
                file.crc(),
                file.sha256(),
                file.receipt());
    }

    /** The claim with the number of the one that holds. */
    private Cart unfenced(Cart claim) {
        return store.live(claim.id() + 1, 1).stream()
                .filter(now -> now.id() == claim.id())
                .map(now -> now.with(claim.progress())
                        .with(claim.standstill())
                        .with(claim.durability())
                        .holding(claim.held()))
                .findFirst()
                .orElse(claim);
    }

    private Object finish(Cart claim, List<CartFile> files, String remark, String path) {
        Cart cart = bug == Bug.NO_FENCE ? unfenced(claim) : toStore(claim);
        boolean finished = store.finish(cart, files, remark, path);
        trace.add("finish", claim.id() + " " + finished);
        if (finished) {
            consistency.isReady(claim);
        }
        return finished;
    }

    private Object move(Cart claim, CartStatus next, String reason, String path) {
        boolean fenced = bug != Bug.NO_FENCE && bug != Bug.SAME_EPOCH;
        Cart cart = fenced ? claim : unfenced(claim).withStatus(claim.status());
        boolean moved = store.move(cart, next, reason, path);
        trace.add("move", claim.id() + " to " + next + " " + moved + (reason.isEmpty() ? "" : ": " + reason));
        if (moved && next == CartStatus.ERROR) {
            consistency.hasFailed(claim, reason);
        }
        return moved;
    }

    private @Nullable Object space(Machine.Node node, String method, List<?> args, Callable<@Nullable Object> port)
            throws Exception {
        return switch (method) {
            case "pin" -> pin(node, (Long) args.get(0), (Integer) args.get(1), (Instant) args.get(2));
            case "reserve" -> reserve(toStore((Cart) args.get(0)), args);
            case "keep" -> keep((Long) args.get(0), (Instant) args.get(1), (Boolean) args.get(2));
            case "evict" -> evict((Long) args.get(0), (Instant) args.get(1), (String) args.get(2));
            case "holders" ->
                bug == Bug.NEWEST_EVICTED ? unrelated(store.space().holders()) : port.call();
            default -> port.call();
        };
    }

    private Object reserve(Cart claim, List<?> args) {
        long bytes = (Long) args.get(2);
        boolean[] asked = {false};
        SpaceStore.ReserveResult result = store.space()
                .reserve(claim, files(args.get(1)), bytes, bug == Bug.ROOM_FOR_ALL || (Boolean) args.get(3), books -> {
                    asked[0] = true;
                    return bug == Bug.ROOM_FOR_ALL
                            ? new SpaceStore.Decision.Grant(Set.of())
                            : decide(args.get(4), withLeaks(books));
                });
        if (result == SpaceStore.ReserveResult.RESERVED) {
            granted.put(claim.id(), bytes);
        }
        trace.add("reserve", claim.id() + " " + bytes + " " + result);
        if (result == SpaceStore.ReserveResult.RESERVED && asked[0]) {
            consistency.roomIsGiven();
        }
        return result;
    }

    @SuppressWarnings("unchecked")
    private @Nullable Object twins(String method, List<?> args, Callable<@Nullable Object> port) throws Exception {
        Cart claim = toStore((Cart) args.get(0));
        return switch (method) {
            case "begin" -> store.twins().begin(claim, files(args.get(1)), (Instant) args.get(2));
            case "share" -> store.twins().share(claim, (Map<Long, Long>) args.get(1));
            default -> port.call();
        };
    }

    /** What the store answers about twins, with their carts as a node sees them. */
    private @Nullable Object seenTwins(@Nullable Object answer) {
        if (answer instanceof Optional<?> some) {
            return some.map(this::seenTwins);
        }
        if (!(answer instanceof Map<?, ?> found)) {
            return answer;
        }
        Map<Object, Object> seen = new TreeMap<>();
        found.forEach((file, twin) -> seen.put(
                file, new TwinStore.Twin(twinCart(((TwinStore.Twin) twin).cart()), ((TwinStore.Twin) twin).file())));
        return seen;
    }

    private Cart twinCart(Cart cart) {
        return bug == Bug.TWIN_UNVERIFIED ? cart.with(Durability.SYNCED) : toNode(cart);
    }

    @SuppressWarnings("unchecked")
    private static SpaceStore.Decision decide(Object decide, SpaceStore.Books books) {
        return ((Function<SpaceStore.Books, SpaceStore.Decision>) decide).apply(books);
    }

    private SpaceStore.Books withLeaks(SpaceStore.Books books) {
        long leaked = bug != Bug.ROOM_NOT_RELEASED
                ? 0
                : granted.entrySet().stream()
                        .filter(cart -> store.live().noneMatch(live -> live.id() == cart.getKey()))
                        .mapToLong(Map.Entry::getValue)
                        .sum();
        return new SpaceStore.Books(books.used(), books.promised() + leaked, books.own(), books.queue());
    }

    private static List<SpaceStore.Holder> unrelated(List<SpaceStore.Holder> carts) {
        return carts.stream()
                .map(cart -> new SpaceStore.Holder(
                        cart.cart(),
                        cart.uid() + cart.cart(),
                        cart.status(),
                        cart.bytes(),
                        cart.reserved(),
                        cart.used(),
                        cart.kept(),
                        cart.pinned()))
                .toList();
    }

    private Object keep(long cart, Instant until, boolean atLeast) {
        boolean live = bug == Bug.KEEP_IGNORED || store.space().keep(cart, until, atLeast);
        if (live) {
            kept.merge(cart, until, (before, now) -> atLeast && before.isAfter(now) ? before : now);
        }
        trace.add("keep", cart + " until " + until + " " + live);
        return live;
    }

    /** Whether there is a cart that was kept, so that others may have lacked room. */
    boolean hasKept() {
        return store.live().anyMatch(cart -> kept.containsKey(cart.id()));
    }

    private boolean isKept(long cart) {
        return kept.getOrDefault(cart, Instant.EPOCH).isAfter(machine.wall());
    }

    private boolean evict(long cart, Instant used, String reason) {
        if (machine.random.nextInt(3) == 0) {
            machine.sleep(Duration.ofMillis(machine.random.nextInt(5000)));
        }
        if (bug == Bug.REMOVED_EARLY) {
            consistency.remove(cart);
            machine.sleep(Duration.ofSeconds(2));
        }
        Optional<SpaceStore.Holder> before = store.space().holders().stream()
                .filter(held -> held.cart() == cart)
                .findFirst();
        boolean isHidden =
                before.filter(old -> newer(old).findAny().isPresent()).isPresent();
        Instant actual = before.map(SpaceStore.Holder::used).orElse(used);
        boolean evicted = store.space().evict(cart, bug == Bug.USED_EVICTED ? actual : used, reason);
        trace.add("evict", cart + " " + evicted + ": " + reason);
        if (evicted && isPinned(cart)) {
            consistency.isWrong("cart " + cart + " was evicted while it was pinned");
        } else if (evicted && isKept(cart)) {
            consistency.isWrong("cart " + cart + " was evicted while it was kept");
        } else if (evicted && !actual.equals(used)) {
            consistency.isWrong("cart " + cart + " was evicted, and was used since it was chosen");
        } else if (evicted && !isHidden && !reason.equals("purged")) {
            store.space().holders().stream()
                    .filter(other -> newer(other)
                            .anyMatch(newer -> isLongAgo(newer.ready().orElse(Instant.MAX))))
                    .filter(this::isLongEvictable)
                    .findFirst()
                    .ifPresent(other -> consistency.isWrong(
                            "cart " + cart + " was evicted before cart " + other.cart() + ", which nobody sees: "
                                    + store.space().holders() + store.space().shared()));
        }
        return evicted;
    }

    /** The newer carts of its uid that are ready. */
    private Stream<Cart> newer(SpaceStore.Holder cart) {
        return store.live(cart.uid()).stream()
                .filter(newer -> newer.id() > cart.cart() && newer.status() == CartStatus.READY);
    }

    private boolean isLongEvictable(SpaceStore.Holder cart) {
        boolean ended = cart.status() == CartStatus.READY || cart.status() == CartStatus.ERROR;
        boolean shares = store.space().shared().stream()
                .anyMatch(shared -> shared.carts().contains(cart.cart()));
        return ended
                && cart.bytes() > 0
                && !shares
                && !isPinned(cart.cart())
                && !isKept(cart.cart())
                && isLongAgo(cart.used());
    }

    private boolean isLongAgo(Instant moment) {
        return moment.isBefore(machine.wall().minusSeconds(90));
    }

    private boolean holds(SpaceStore.Pin pin) {
        Instant now = machine.wall();
        return pin.until().isAfter(now) && !pin.until().isAfter(SpaceStore.Pin.latestEnd(now));
    }

    private boolean isPinned(long cart) {
        return pins.getOrDefault(cart, Map.of()).values().stream().anyMatch(pin -> pin.downloads() > 0 && holds(pin));
    }

    private Object pin(Machine.Node node, long cart, int downloads, Instant until) {
        Map<String, SpaceStore.Pin> own = pins.computeIfAbsent(cart, id -> new HashMap<>());
        own.put(node.name, new SpaceStore.Pin(cart, node.name, downloads, until));
        int all = own.values().stream()
                .filter(this::holds)
                .mapToInt(SpaceStore.Pin::downloads)
                .sum();
        Instant last = own.values().stream()
                .filter(pin -> pin.downloads() > 0 && holds(pin))
                .map(SpaceStore.Pin::until)
                .max(Instant::compareTo)
                .orElse(until);
        trace.add("pin", cart + " by " + downloads);
        boolean isReady = store.space().pin(cart, bug == Bug.PIN_IGNORED ? 0 : all, last);
        if (!isReady) {
            own.remove(node.name); // A cart in work is not pinned.
        }
        return isReady;
    }
}
