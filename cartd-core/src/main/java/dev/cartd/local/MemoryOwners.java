package dev.cartd.local;

import dev.cartd.spi.CartOwners;
import dev.cartd.spi.CartStore;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The owners of the carts of a store, in memory. Safe for use by many threads. */
public final class MemoryOwners implements CartOwners {
    private static final int FEW = 1000;

    private record Entry(String owner, Optional<String> key) {
        static final Entry NONE = new Entry(NOBODY, Optional.empty());
    }

    private final CartStore store;
    private final Map<String, Entry> entries = new HashMap<>();
    private int most = FEW;

    /** Nobody owns any cart of this store yet. */
    public MemoryOwners(CartStore store) {
        this.store = store;
    }

    @Override
    public synchronized Optional<String> owner(String uid) {
        String owner = entry(uid).owner();
        return owner.equals(NOBODY) && store.live(uid).isEmpty() ? Optional.empty() : Optional.of(owner);
    }

    @Override
    public synchronized boolean claim(String uid, String name) {
        if (owner(uid).isEmpty()) {
            put(uid, new Entry(name, entry(uid).key()));
        }
        return entry(uid).owner().equals(name);
    }

    @Override
    public synchronized Optional<String> linkKey(String uid) {
        return entry(uid).key();
    }

    @Override
    public synchronized String linkKey(String uid, String fresh) {
        String key = entry(uid).key().orElse(fresh);
        put(uid, new Entry(entry(uid).owner(), Optional.of(key)));
        return key;
    }

    @Override
    public synchronized boolean endLinks(String uid) {
        Entry before = entry(uid);
        if (before.key().isPresent()) {
            put(uid, new Entry(before.owner(), Optional.empty()));
        }
        return before.key().isPresent();
    }

    private Entry entry(String uid) {
        return entries.getOrDefault(uid, Entry.NONE);
    }

    /** Forgets the uids that the store has forgotten, each time that there are twice as many. */
    private void put(String uid, Entry entry) {
        if (entries.size() >= most) {
            entries.keySet()
                    .removeIf(known ->
                            store.live(known).isEmpty() && store.deleted(known).isEmpty());
            most = Math.max(FEW, 2 * entries.size());
        }
        entries.put(uid, entry);
    }
}
