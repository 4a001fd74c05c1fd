package dev.cartd.simulation;

import dev.cartd.Around;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartStatus;
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
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
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

    /** Is told what becomes of carts. */
    interface Consistency {
        void isReady(Cart cart);

        void hasFailed(Cart cart, String reason);

        void roomIsGiven();

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
        TwinStore twins = Around.port(TwinStore.class, store.twins(), (method, args, port) -> call(method, port));
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
            case "claim" -> claim(args.get(0), port);
            case "record" -> record((Cart) args.get(0), files(args.get(1)), port);
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

    private @Nullable Object claim(Object cart, Callable<@Nullable Object> port) throws Exception {
        Object claim = port.call();
        boolean got = claim instanceof Optional<?> found && found.isPresent();
        trace.add("claim", cart + (got ? "" : ": there is nothing to do"));
        return claim;
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

    private Object record(Cart claim, List<CartFile> files, Callable<@Nullable Object> port) throws Exception {
        if (bug == Bug.NO_FENCE) {
            return store.record(unfenced(claim), files);
        }
        if (bug == Bug.LOST_RECORD && files.size() > 1) {
            return store.record(claim, files.subList(1, files.size()));
        }
        Object held = port.call();
        if (trace.isRead() && !files.isEmpty()) {
            files.forEach(file -> trace.add("record", claim.id() + "." + file.id() + " " + file.status() + " " + held));
        }
        return Objects.requireNonNull(held);
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
        Cart cart = bug == Bug.NO_FENCE ? unfenced(claim) : claim;
        boolean finished = store.finish(cart, files, remark, path);
        trace.add("finish", claim.id() + " " + finished);
        if (finished) {
            consistency.isReady(claim);
        }
        return finished;
    }

    private Object move(Cart claim, CartStatus next, String reason, String path) {
        Cart cart = bug == Bug.NO_FENCE ? unfenced(claim).withStatus(claim.status()) : claim;
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
            case "reserve" -> reserve(args, port);
            case "evict" -> evict((Long) args.get(0), args.get(2), port);
            default -> port.call();
        };
    }

    private @Nullable Object reserve(List<?> args, Callable<@Nullable Object> port) throws Exception {
        Cart claim = (Cart) args.get(0);
        long bytes = (Long) args.get(2);
        Object answer = port.call();
        if (bug == Bug.ROOM_FOR_ALL) {
            answer = store.space()
                    .reserve(claim, List.of(), bytes, true, books -> new SpaceStore.Decision.Grant(Set.of()));
        }
        trace.add("reserve", claim.id() + " " + bytes + " " + answer);
        consistency.roomIsGiven();
        return answer;
    }

    private @Nullable Object evict(long cart, Object reason, Callable<@Nullable Object> port) throws Exception {
        Object evicted = port.call();
        trace.add("evict", cart + " " + evicted + ": " + reason);
        if (Objects.equals(evicted, true) && isPinned(cart)) {
            consistency.isWrong("cart " + cart + " was evicted while it was pinned");
        }
        return evicted;
    }

    private boolean isPinned(long cart) {
        Instant now = NodeTime.BEGIN.plusNanos(machine.now());
        return pins.getOrDefault(cart, Map.of()).values().stream()
                .anyMatch(pin -> pin.downloads() > 0 && pin.until().isAfter(now));
    }

    private Object pin(Machine.Node node, long cart, int downloads, Instant until) {
        Map<String, SpaceStore.Pin> own = pins.computeIfAbsent(cart, id -> new HashMap<>());
        own.put(node.name, new SpaceStore.Pin(cart, node.name, downloads, until));
        Instant now = NodeTime.BEGIN.plusNanos(machine.now());
        int all = own.values().stream()
                .filter(pin -> pin.until().isAfter(now))
                .mapToInt(SpaceStore.Pin::downloads)
                .sum();
        Instant last = own.values().stream()
                .filter(pin -> pin.downloads() > 0)
                .map(SpaceStore.Pin::until)
                .max(Instant::compareTo)
                .orElse(until);
        trace.add("pin", cart + " by " + downloads);
        return store.space().pin(cart, bug == Bug.PIN_IGNORED ? 0 : all, last);
    }
}
