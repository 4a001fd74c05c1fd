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

/** The {@link TwinStore} of a {@link MemoryStore}; the store's lock guards it. */
final class MemoryTwins implements TwinStore {
    private record Content(String archiveId, String type, String value) {
        Content(CartFile file) {
            this(file.archiveId(), file.checksum().type(), file.checksum().value());
        }
    }

    /** Where a file is: the number of its cart, and its index in that cart's list of files. */
    private record Place(long cart, int index) {}

    /** The files that a claim pulls: their numbers, and until when they count as being pulled. */
    private record Pulls(long epoch, Instant until, Set<Long> files) {}

    private final MemoryStore store;
    private final InstantSource clock;
    private final Map<Content, List<Place>> places = new HashMap<>();
    private final Map<Long, Place> byNumber = new HashMap<>();
    private final Map<Long, Pulls> pulls = new HashMap<>();

    /** Maps the number of each file that shares its bytes to the number of the file that they were pulled for. */
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
        pulls.remove(row.cart().id());
        for (CartFile file : row.files()) {
            shares.remove(file.id());
            byNumber.remove(file.id());
            places.computeIfPresent(new Content(file), (content, known) -> {
                known.removeIf(place -> place.cart() == row.cart().id());
                return known.isEmpty() ? null : known;
            });
        }
    }

    /** Ends the sharing of a file that was lost, or that was pulled after all. */
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
                .filter(twin -> twin.twin().status() == FileStatus.STAGED || isBeingPulled(twin))
                .min(Comparator.comparing((Twin twin) -> twin.twin().status() != FileStatus.STAGED)
                        .thenComparing(twin -> twin.cart().bundle())
                        .thenComparing(twin -> twin.cart().id()));
    }

    private boolean isBeingPulled(Twin twin) {
        Pulls pulled = pulls.get(twin.cart().id());
        return pulled != null
                && twin.cart().status().inWork()
                && pulled.epoch == twin.cart().epoch()
                && pulled.until.isAfter(clock.instant())
                && pulled.files.contains(twin.twin().id());
    }

    @Override
    public Optional<List<Twin>> begin(Cart claim, List<CartFile> files, Instant until) {
        synchronized (store) {
            if (store.held(claim).isEmpty()) {
                return Optional.empty();
            }
            List<Twin> twins = find(claim, files);
            Pulls before = pulls.get(claim.id());
            Set<Long> pulled = before != null && before.epoch == claim.epoch() ? before.files : new HashSet<>();
            files.forEach(file -> pulled.add(file.id()));
            twins.forEach(twin -> pulled.remove(twin.file()));
            pulls.put(claim.id(), new Pulls(claim.epoch(), until, pulled));
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

    /** The bytes that carts share: one entry for each group of files with the same bytes. */
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
