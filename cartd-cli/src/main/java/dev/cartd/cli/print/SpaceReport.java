package dev.cartd.cli.print;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.HumanText;
import dev.cartd.cart.Stray;
import dev.cartd.space.EvictionCandidate;
import dev.cartd.space.SpaceSnapshot;
import dev.cartd.spi.SpaceStore.Holder;
import dev.cartd.spi.SpaceStore.Pin;
import dev.cartd.spi.SpaceStore.Waiting;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** A report of the room on the volume for people: sections with one line for each cart, pin or directory. */
public final class SpaceReport {
    private static final Columns CARTS = new Columns(-8, 9, -19, -36, -1);
    private static final Columns WAITING = new Columns(-8, 9, 6, 9, -1);
    private static final Columns STRAYS = new Columns(-19, -40, -1);
    private static final Columns SIZES = new Columns(9, -1);

    private final PrintWriter out;
    private final String volume;
    private final SpaceSnapshot snapshot;
    private final int most;
    private final Map<Long, String> uids;

    public SpaceReport(PrintWriter out, String volume, SpaceSnapshot snapshot, int most) {
        this.out = out;
        this.volume = volume;
        this.snapshot = snapshot;
        this.most = most;
        this.uids = snapshot.holders().stream().collect(Collectors.toMap(Holder::cart, Holder::uid));
    }

    /** Prints how large the volume is, and what takes its room. */
    public void volume() {
        out.println("VOLUME " + volume);
        size(snapshot.total(), "the file system has in all");
        size(snapshot.foreign(), "of it other programs take");
        size(snapshot.settings().keepFree(), "of it are kept free (keep_free)");
        String quota = snapshot.settings().size().isPresent() ? " (volume_size)" : "";
        size(snapshot.size(), "carts may take" + quota);
        size(snapshot.used(), "of it are taken: " + carts(cart -> cart.bytes() > 0));
        size(going(snapshot), "of that are being removed: " + carts(SpaceReport::isGoing));
        size(snapshot.promised(), "are reserved and not filled yet: " + carts(SpaceReport::fills));
        size(snapshot.left(), "are free for carts");
    }

    /** Prints the room queue, the first cart first. */
    public void waiting(List<Waiting> line) {
        section(
                "WAITING FOR ROOM",
                WAITING,
                List.of("ID", "NEEDS", "SINCE", "OVERTAKEN", "UID"),
                line,
                waiting -> List.of(
                        waiting.cart(),
                        HumanText.size(waiting.bytes()),
                        CartTable.age(Duration.between(waiting.since(), snapshot.now())),
                        waiting.overtaken(),
                        CartTable.word(waiting.uid())));
    }

    /** Prints the carts that can be evicted, in the order of eviction. */
    public void next(List<EvictionCandidate> candidates) {
        candidates("EVICTED NEXT, IN THIS ORDER: " + inAll(candidates), candidates);
    }

    /** Prints the carts that cannot be evicted now, and why; the largest first. */
    public void staying() {
        List<EvictionCandidate> staying = staying(snapshot);
        candidates("NOT EVICTED NOW: " + inAll(staying), staying);
    }

    static List<EvictionCandidate> staying(SpaceSnapshot snapshot) {
        return snapshot.candidates().stream()
                .filter(candidate -> !candidate.spared().isEmpty())
                .sorted(Comparator.comparing(EvictionCandidate::bytes)
                        .reversed()
                        .thenComparing(EvictionCandidate::cart))
                .toList();
    }

    private void candidates(String title, List<EvictionCandidate> candidates) {
        section(
                title,
                CARTS,
                List.of("ID", "SIZE", "LAST-USE", "UID", "REASON"),
                candidates,
                candidate -> List.of(
                        candidate.cart(),
                        HumanText.size(candidate.bytes()),
                        HumanText.moment(candidate.used()),
                        CartTable.word(candidate.uid()),
                        reason(candidate)));
    }

    /** Prints the pins that keep carts from eviction. */
    public void pinned(List<Pin> pins) {
        section(
                "PINNED BY DOWNLOADS",
                CARTS,
                List.of("ID", "DOWNLOADS", "UNTIL", "UID", "NODE"),
                pins,
                pin -> List.of(
                        pin.cart(),
                        pin.downloads(),
                        HumanText.moment(pin.until()),
                        CartTable.word(uids.getOrDefault(pin.cart(), "?")),
                        CartTable.line(pin.node())));
    }

    /** Prints those of the deleted carts that were evicted or purged, and why. */
    public void gone(List<Cart> deleted) {
        section(
                "EVICTED AND PURGED LATELY",
                CARTS,
                List.of("ID", "SIZE", "DELETED", "UID", "REASON"),
                deleted.stream().filter(CartTable::madeRoom).toList(),
                cart -> List.of(
                        cart.id(),
                        HumanText.size(cart.progress().stagedBytes()),
                        HumanText.moment(cart.updated()),
                        CartTable.word(cart.uid()),
                        CartTable.line(cart.reason())));
    }

    /** Prints the directories that belong to no cart; first those that a sweep removes. */
    public void strays(List<Stray> strays) {
        section(
                "BELONGS TO NO CART",
                STRAYS,
                List.of("CHANGED", "DIRECTORY", "REASON"),
                strays.stream()
                        .sorted(Comparator.comparing(Stray::made).reversed().thenComparing(Stray::directory))
                        .toList(),
                stray -> List.of(
                        HumanText.moment(stray.changed()),
                        CartTable.line(stray.directory().toString()),
                        stray.made() ? "cartd made it: --sweep removes it" : "not known to be cartd's: never removed"));
    }

    private String inAll(List<EvictionCandidate> candidates) {
        Set<Long> carts = candidates.stream().map(EvictionCandidate::cart).collect(Collectors.toSet());
        return HumanText.size(snapshot.freedBy(carts)) + " in all";
    }

    static String reason(EvictionCandidate candidate) {
        return candidate.spared().isEmpty() && candidate.hidden()
                ? "a newer cart of its uid is ready"
                : candidate.spared();
    }

    private <T> void section(
            String title, Columns columns, List<String> heads, List<T> things, Function<T, List<Object>> cells) {
        out.println();
        out.println(title);
        if (things.isEmpty()) {
            out.println("none");
            return;
        }
        out.println(columns.row(heads));
        things.stream().limit(most).forEach(thing -> row(columns, cells.apply(thing)));
        if (things.size() > most) {
            out.println("… and " + (things.size() - most) + " more");
        }
    }

    private void row(Columns columns, List<Object> cells) {
        out.println(columns.row(cells.stream().map(String::valueOf).toList()));
    }

    private String carts(Predicate<Holder> which) {
        long count = snapshot.holders().stream().filter(which).count();
        return count + (count == 1 ? " cart" : " carts");
    }

    /** The bytes of deleted carts whose files are not removed yet. */
    static long going(SpaceSnapshot snapshot) {
        return snapshot.holders().stream()
                .filter(SpaceReport::isGoing)
                .mapToLong(Holder::bytes)
                .sum();
    }

    private void size(long bytes, String words) {
        row(SIZES, List.of(HumanText.size(bytes), words));
    }

    private static boolean isGoing(Holder cart) {
        return cart.status() == CartStatus.DELETED;
    }

    private static boolean fills(Holder cart) {
        return cart.status().inWork() && cart.reserved() > cart.bytes();
    }
}
