package dev.cartd.local;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.FileStatus;
import dev.cartd.spi.SpaceStore;
import dev.cartd.spi.TwinStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What the carts in memory have in common; the store's lock guards it. */
final class MemoryTwins implements TwinStore {
    private record Content(String archiveId, String type, String value) {
        Content(CartFile file) {
            this(file.archiveId(), file.checksum().type(), file.checksum().value());
        }
    }

    /** Where a file is: in this cart, at this place. */
    private record Place(long cart, int index) {}

    /** That a claim pulls files. */
    private record Flow(long epoch, Instant until, Set<Long> files) {}

    private final MemoryStore store;
    private final InstantSource clock;
    private final Map<Content, List<Place>> places = new HashMap<>();
    private final Map<Long, Place> byNumber = new HashMap<>();
    private final Map<Long, Flow> flows = new HashMap<>();

    /** By the number of a file that shares its bytes, the number of the one that they were pulled for. */
    private final Map<Long, Long> shares = new HashMap<>();

    MemoryTwins(MemoryStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    void added(Row row) {
        for (int i = 0; i < row.files().size(); i++) {
            Place place = new Place(row.cart().id(), i);
            places.computeIfAbsent(new Content(row.files().get(i)), content -> new ArrayList<>(1))
                    .add(place);
            byNumber.put(row.files().get(i).id(), place);
        }
    }

    void removed(Row row) {
        flows.remove(row.cart().id());
        for (CartFile file : row.files()) {
            shares.remove(file.id());
            byNumber.remove(file.id());
            places.computeIfPresent(new Content(file), (content, known) -> {
                known.removeIf(place -> place.cart() == row.cart().id());
                return known.isEmpty() ? null : known;
            });
        }
    }

    /** A file that was lost, or was pulled after all, shares nothing any more. */
    void recorded(CartFile file) {
        Long group = shares.get(file.id());
        boolean pulled = file.status() == FileStatus.STAGED && !file.shared() && !Objects.equals(group, file.id());
        if (pulled || file.status() == FileStatus.WAITING) {
            shares.remove(file.id());
        }
    }

    @Override
    public List<Twin> find(Cart claim, List<CartFile> files) {
        synchronized (store) {
            return files.stream()
                    .flatMap(file -> best(claim.id(), file).stream())
                    .toList();
        }
    }

    private Optional<Twin> best(long cart, CartFile file) {
        return places.getOrDefault(new Content(file), List.of()).stream()
                .filter(place -> place.cart() != cart)
                .flatMap(place -> store.row(place.cart()).filter(Row::live).stream()
                        .map(row -> new Twin(file.id(), row.cart(), row.files().get(place.index()))))
                .filter(twin -> twin.twin().status() == FileStatus.STAGED || isFlowing(twin))
                .min(Comparator.comparing((Twin twin) -> twin.twin().status() != FileStatus.STAGED)
                        .thenComparing(twin -> twin.cart().bundle())
                        .thenComparing(twin -> twin.cart().id()));
    }

    private boolean isFlowing(Twin twin) {
        Flow flow = flows.get(twin.cart().id());
        return flow != null
                && twin.cart().status().inWork()
                && flow.epoch == twin.cart().epoch()
                && flow.until.isAfter(clock.instant())
                && flow.files.contains(twin.twin().id());
    }

    @Override
    public Optional<List<Twin>> begin(Cart claim, List<CartFile> files, Instant until) {
        synchronized (store) {
            if (store.held(claim).isEmpty()) {
                return Optional.empty();
            }
            List<Twin> twins = find(claim, files);
            Flow before = flows.get(claim.id());
            Set<Long> taken = before != null && before.epoch == claim.epoch() ? before.files : new HashSet<>();
            files.forEach(file -> taken.add(file.id()));
            twins.forEach(twin -> taken.remove(twin.file()));
            flows.put(claim.id(), new Flow(claim.epoch(), until, taken));
            return Optional.of(twins);
        }
    }

    @Override
    public Set<Long> share(Cart claim, Map<Long, Long> twins) {
        synchronized (store) {
            Set<Long> shared = new HashSet<>();
            if (store.held(claim).isPresent()) {
                twins.forEach((mine, theirs) -> {
                    if (isStaged(theirs)) {
                        shares.putIfAbsent(theirs, theirs);
                        shares.put(mine, Objects.requireNonNull(shares.get(theirs)));
                        shared.add(mine);
                    }
                });
            }
            return shared;
        }
    }

    private boolean isStaged(long file) {
        return Optional.ofNullable(byNumber.get(file))
                .flatMap(place -> store.row(place.cart())
                        .filter(Row::live)
                        .map(row -> row.files().get(place.index())))
                .filter(known -> known.status() == FileStatus.STAGED)
                .isPresent();
    }

    /** What is shared, by who shares it. */
    List<SpaceStore.Shared> shared() {
        Map<Long, SpaceStore.Shared> groups = new LinkedHashMap<>();
        for (Row row : store.rows()) {
            for (CartFile file : row.files()) {
                Long group = shares.get(file.id());
                if (group != null) {
                    long owner = file.id() == group ? row.cart().id() : 0;
                    groups.merge(
                            group,
                            new SpaceStore.Shared(owner, Set.of(row.cart().id()), file.size()),
                            MemoryTwins::together);
                }
            }
        }
        return List.copyOf(groups.values());
    }

    private static SpaceStore.Shared together(SpaceStore.Shared one, SpaceStore.Shared other) {
        Set<Long> carts = new TreeSet<>(one.carts());
        carts.addAll(other.carts());
        return new SpaceStore.Shared(Math.max(one.owner(), other.owner()), carts, one.bytes());
    }
}
