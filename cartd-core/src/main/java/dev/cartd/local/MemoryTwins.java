package dev.cartd.local;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.Checksum;
import dev.cartd.cart.FileStatus;
import dev.cartd.spi.SpaceStore;
import dev.cartd.spi.TwinStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The {@link TwinStore} of a {@link MemoryStore}; the store's lock guards it. A search reads the files of all other
 * carts.
 */
final class MemoryTwins implements TwinStore {
    private static final BinaryOperator<Twin> BEST =
            BinaryOperator.minBy(Comparator.comparing((Twin twin) -> twin.file().status() != FileStatus.STAGED)
                    .thenComparing(twin -> twin.cart().bundle())
                    .thenComparing(twin -> twin.cart().id()));

    private record Content(String archiveId, Checksum checksum) {
        Content(CartFile file) {
            this(file.archiveId(), file.checksum());
        }
    }

    private final MemoryStore store;
    private final InstantSource clock;

    /** Maps the number of each file that was pulled to the epoch of its cart then. */
    private final Map<Long, Long> pulling = new HashMap<>();

    /** Maps the number of each cart to the end of its lease. */
    private final Map<Long, Instant> until = new HashMap<>();

    /**
     * Maps the number of each file that shares its bytes to the number of the file that they were pulled for; to the
     * negative of it once that file shares them too, and owns them no more.
     */
    private final Map<Long, Long> shares = new HashMap<>();

    MemoryTwins(MemoryStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    void removed(Row row) {
        until.remove(row.cart().id());
        row.files().forEach(file -> {
            pulling.remove(file.id());
            shares.remove(file.id());
        });
    }

    /** Ends the sharing of a file that was lost, or that was pulled after all. */
    void recorded(CartFile file) {
        boolean pulled = file.status() == FileStatus.STAGED && !file.shared();
        shares.computeIfPresent(
                file.id(),
                (id, group) -> file.status() == FileStatus.WAITING || (pulled && !group.equals(id)) ? null : group);
    }

    @Override
    public Map<Long, Twin> find(Cart claim, List<CartFile> files) {
        synchronized (store) {
            Map<Content, List<Long>> wanted = files.stream()
                    .collect(
                            Collectors.groupingBy(Content::new, Collectors.mapping(CartFile::id, Collectors.toList())));
            Map<Long, Twin> found = new HashMap<>();
            twins().filter(twin -> twin.cart().id() != claim.id())
                    .forEach(twin -> wanted.getOrDefault(new Content(twin.file()), List.of())
                            .forEach(mine -> found.merge(mine, twin, BEST)));
            return found;
        }
    }

    /** All files that may be twins. */
    private Stream<Twin> twins() {
        return store.rows().stream()
                .filter(Row::live)
                .flatMap(row -> row.files().stream()
                        .filter(file -> file.status() == FileStatus.STAGED || isBeingPulled(row.cart(), file))
                        .map(file -> new Twin(row.cart(), file)));
    }

    private boolean isBeingPulled(Cart cart, CartFile file) {
        return cart.status().inWork()
                && pulling.getOrDefault(file.id(), 0L) == cart.epoch()
                && until.getOrDefault(cart.id(), Instant.EPOCH).isAfter(clock.instant());
    }

    @Override
    public Optional<Map<Long, Twin>> begin(Cart claim, List<CartFile> files, Instant end) {
        synchronized (store) {
            if (store.claimed(claim).isEmpty()) {
                return Optional.empty();
            }
            Map<Long, Twin> twins = find(claim, files);
            files.stream()
                    .map(CartFile::id)
                    .filter(id -> !twins.containsKey(id))
                    .forEach(id -> pulling.put(id, claim.epoch()));
            until.put(claim.id(), end);
            return Optional.of(twins);
        }
    }

    @Override
    public Set<Long> share(Cart claim, Map<Long, Long> twins) {
        synchronized (store) {
            Set<Long> staged = store.claimed(claim).isEmpty()
                    ? Set.of()
                    : twins().map(Twin::file)
                            .filter(file -> file.status() == FileStatus.STAGED)
                            .map(CartFile::id)
                            .collect(Collectors.toSet());
            Map<Long, Long> shared = new HashMap<>(twins);
            shared.values().retainAll(staged);
            // A file that lost its bytes may get them back from a file that had them from it: it does not own them.
            shares.replaceAll((file, group) -> shared.containsKey(group) ? -group : group);
            shared.forEach((mine, theirs) -> {
                shares.putIfAbsent(theirs, theirs);
                shares.put(mine, shares.getOrDefault(theirs, theirs));
            });
            return shared.keySet();
        }
    }

    /** The bytes that carts share: one entry for each group of files with the same bytes. */
    List<SpaceStore.Shared> shared() {
        Map<Long, SpaceStore.Shared> groups = new LinkedHashMap<>();
        for (Row row : store.rows()) {
            long cart = row.cart().id();
            row.files().stream().filter(file -> shares.containsKey(file.id())).forEach(file -> {
                long group = shares.getOrDefault(file.id(), 0L);
                long owner = file.id() == group ? cart : 0;
                groups.merge(
                        group,
                        new SpaceStore.Shared(owner, Set.of(cart), SpaceStore.taken(file.size())),
                        MemoryTwins::together);
            });
        }
        return List.copyOf(groups.values());
    }

    private static SpaceStore.Shared together(SpaceStore.Shared one, SpaceStore.Shared other) {
        Set<Long> carts = new TreeSet<>(one.carts());
        carts.addAll(other.carts());
        return new SpaceStore.Shared(Math.max(one.owner(), other.owner()), carts, one.bytes());
    }
}
