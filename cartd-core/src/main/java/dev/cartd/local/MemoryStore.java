package dev.cartd.local;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Durability;
import dev.cartd.cart.FileCounts;
import dev.cartd.cart.FileStatus;
import dev.cartd.cart.Memory;
import dev.cartd.cart.Standstill;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.SpaceStore;
import dev.cartd.spi.TwinStore;
import dev.cartd.spi.VolumeStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A store in the memory of this process: carts are lost when it ends. One lock guards all carts, and no method waits
 * for anything else, so no method throws {@link dev.cartd.cart.CartException.Unavailable}. A deleted cart is forgotten
 * once {@link #removed} is called for it. Safe for use by many threads.
 */
public final class MemoryStore implements CartStore {
    private final InstantSource clock;
    private final NavigableMap<Long, Row> rows = new TreeMap<>();
    private final MemorySpace space;
    private final MemoryTwins twins;
    private final VolumeStore volume = new MemoryVolume();
    private long lastCart;
    private long lastFile;

    /** An empty store that takes the time from {@code clock}. */
    public MemoryStore(InstantSource clock) {
        this.clock = clock;
        this.twins = new MemoryTwins(this, clock);
        this.space = new MemorySpace(this, twins, clock);
    }

    @Override
    public Cart add(CartRequest request, long above) {
        // Before the lock is taken, since the digest of many files takes a while.
        String content = request.content();
        synchronized (this) {
            Optional<Row> newest = newestLive(request.uid());
            if (newest.isPresent() && newest.get().joins(content)) {
                return put(newest.get().used(clock.instant())).cart();
            }
            lastCart = Math.max(lastCart, above) + 1;
            return put(newRow(request, content)).cart();
        }
    }

    @Override
    public synchronized List<Cart> live(String uid) {
        return liveRows(uid).stream().map(Row::cart).toList();
    }

    @Override
    public synchronized List<Cart> live(long below, int most) {
        return rows.headMap(below, false).descendingMap().values().stream()
                .filter(Row::live)
                .limit(most)
                .map(Row::cart)
                .toList();
    }

    @Override
    public synchronized List<Cart> deleted(int most) {
        return rows.values().stream()
                .filter(row -> !row.live())
                .map(Row::cart)
                .sorted(Comparator.comparing(Cart::updated).reversed())
                .limit(most)
                .toList();
    }

    @Override
    public Optional<Cart> deleted(String uid) {
        return deleted(Integer.MAX_VALUE).stream()
                .filter(cart -> cart.uid().equals(uid))
                .findFirst();
    }

    @Override
    public List<CartFile> files(long cartId, long after, Optional<FileStatus> status, int most) {
        return files(cartId).stream()
                .dropWhile(file -> file.id() <= after)
                .filter(file -> status.isEmpty() || file.status() == status.get())
                .limit(most)
                .toList();
    }

    @Override
    public FileCounts counts(long cartId) {
        return FileCounts.of(files(cartId));
    }

    @Override
    public synchronized List<CartFile> files(long cartId) {
        return row(cartId).map(row -> List.copyOf(row.files())).orElse(List.of());
    }

    @Override
    public List<CartFile> recalled(long cartId, long after, int most) {
        return files(cartId).stream()
                .filter(file -> file.id() > after && file.hasReceipt())
                .limit(most)
                .toList();
    }

    @Override
    public long memory(long cartId) {
        List<CartFile> files = files(cartId);
        return Memory.ofFiles(
                files.size(), files.stream().mapToLong(Memory::ofTexts).sum());
    }

    @Override
    public synchronized List<Long> delete(String uid) {
        List<Row> doomed = liveRows(uid);
        doomed.forEach(row -> put(row.deleted(clock.instant())));
        return doomed.stream().map(row -> row.cart().id()).toList();
    }

    @Override
    public synchronized Optional<Cart> claim(long cartId) {
        return row(cartId)
                .filter(row -> row.cart().status().inWork() || !row.live())
                .map(row -> put(row.claimed(clock.instant())).cart());
    }

    @Override
    public synchronized boolean record(Cart claim, List<CartFile> files) {
        Optional<Row> row = claimed(claim);
        row.ifPresent(now -> {
            put(now.recorded(claim, files, clock.instant()));
            files.forEach(twins::recorded);
        });
        return row.isPresent();
    }

    @Override
    public synchronized boolean move(Cart cart, CartStatus next, String reason, String bundlePath) {
        if (!cart.status().mayBecome(next)) {
            throw new IllegalArgumentException("a cart that is " + cart.status().word() + " cannot be " + next.word());
        }
        Optional<Row> row = unchanged(cart);
        row.ifPresent(now -> {
            String path = bundlePath.isEmpty() ? now.cart().bundlePath() : bundlePath;
            put(now.become(next, reason, path, clock.instant()));
        });
        return row.isPresent();
    }

    @Override
    public synchronized boolean finish(Cart claim, List<CartFile> files, String remark, String bundlePath) {
        Cart bundling = claim.withStatus(CartStatus.BUNDLING);
        boolean bundles = claim.status() == CartStatus.BUNDLING
                ? unchanged(claim).isPresent()
                : move(claim, CartStatus.BUNDLING, "", "");
        return bundles && record(bundling, files) && move(bundling, CartStatus.READY, remark, bundlePath);
    }

    @Override
    public synchronized Optional<Cart> replace(Cart cart, String reason, CartRequest request, long above) {
        return move(cart, CartStatus.ERROR, reason, "") ? Optional.of(add(request, above)) : Optional.empty();
    }

    @Override
    public synchronized boolean restage(Cart cart) {
        if (cart.status() != CartStatus.READY && cart.status() != CartStatus.ERROR) {
            throw new IllegalArgumentException("a cart that is " + cart.status().word() + " cannot be staged again");
        }
        Optional<Row> row = unchanged(cart);
        row.ifPresent(now -> {
            Row again = put(now.restaged(clock.instant()));
            again.files().forEach(twins::recorded);
        });
        return row.isPresent();
    }

    @Override
    public synchronized void recordSums(long cartId, List<CartFile> files) {
        row(cartId).ifPresent(row -> put(row.withSums(files)));
    }

    @Override
    public synchronized void removed(long cartId) {
        row(cartId).filter(row -> !row.live()).ifPresent(row -> {
            rows.remove(cartId);
            twins.removed(row);
        });
    }

    /** Does nothing: {@link #removed} forgets carts at once. */
    @Override
    public int forget(Instant before) {
        return 0;
    }

    @Override
    public TwinStore twins() {
        return twins;
    }

    @Override
    public SpaceStore space() {
        return space;
    }

    @Override
    public VolumeStore volume() {
        return volume;
    }

    /** Does nothing. */
    @Override
    public void close() {}

    private Row newRow(CartRequest request, String content) {
        List<CartFile> files = new ArrayList<>(request.items().size());
        for (CartRequest.Item item : request.items()) {
            files.add(new CartFile(
                    ++lastFile,
                    item.archiveId(),
                    item.path().value(),
                    item.checksum(),
                    FileStatus.WAITING,
                    "",
                    CartFile.UNKNOWN,
                    0,
                    false,
                    CartFile.UNKNOWN,
                    false,
                    0));
        }
        Instant now = clock.instant();
        Cart cart = new Cart(
                lastCart,
                request.uid(),
                request.bundle(),
                CartStatus.WAITING,
                "",
                "",
                now,
                now,
                Optional.empty(),
                Optional.empty(),
                0,
                Cart.Progress.ofUnknownSize(files.size(), 0, 0),
                0,
                Optional.empty(),
                Standstill.NEW,
                Durability.SYNCED);
        return new Row(cart, content, files, 0, Optional.empty());
    }

    Collection<Row> rows() {
        return rows.values();
    }

    Optional<Row> claimed(Cart claim) {
        return row(claim.id()).filter(row -> row.holds(claim));
    }

    private Optional<Row> unchanged(Cart cart) {
        return row(cart.id())
                .filter(now -> now.cart().epoch() == cart.epoch())
                .filter(now -> now.cart().status() == cart.status());
    }

    Optional<Row> row(long cartId) {
        return Optional.ofNullable(rows.get(cartId));
    }

    Row put(Row row) {
        rows.put(row.cart().id(), row);
        return row;
    }

    private Optional<Row> newestLive(String uid) {
        return liveRows(uid).stream().findFirst();
    }

    private List<Row> liveRows(String uid) {
        return rows.descendingMap().values().stream()
                .filter(Row::live)
                .filter(row -> row.cart().uid().equals(uid))
                .toList();
    }
}
