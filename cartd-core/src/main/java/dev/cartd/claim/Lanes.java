package dev.cartd.claim;

import dev.cartd.cart.CartFile;
import dev.cartd.limit.RequestLimit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The lanes of one step: one for each archive of the cart's files. Safe for use by many threads. */
public final class Lanes implements AutoCloseable {
    private final UsedArchives used;
    private final List<UsedArchive> archives;
    private final Map<UsedArchive, RequestLimit.Lane> lanes = new HashMap<>();
    private final List<UsedArchive> away;
    private final List<UsedArchive> trials;

    /** Opens the lanes for these files. */
    public Lanes(UsedArchives used, List<CartFile> files) {
        this.used = used;
        List<UsedArchive> needed = new ArrayList<>(used.of(files));
        this.away =
                needed.stream().filter(archive -> archive.outage().isPresent()).toList();
        this.trials = away.stream().filter(UsedArchive::beginTrial).toList();
        needed.sort(Comparator.comparing(away::contains));
        this.archives = List.copyOf(needed);
        archives.forEach(archive -> lanes.put(archive, archive.limit().open()));
    }

    /** The archives of the files; those that were away when the step began are last. */
    public List<UsedArchive> archives() {
        return archives;
    }

    /** Whether the archive was away when the step began. */
    public boolean isAway(UsedArchive archive) {
        return away.contains(archive);
    }

    /** Whether the archive was away, and enough other steps find out whether it is back. */
    public boolean isLeftToOthers(UsedArchive archive) {
        return isAway(archive) && !trials.contains(archive);
    }

    /** The lane of one of the {@link #archives}. */
    public RequestLimit.Lane of(UsedArchive archive) {
        return Objects.requireNonNull(lanes.get(archive));
    }

    /** Whether a long request for this file, which is out now, should yield. */
    public boolean shouldYield(CartFile file) {
        return of(used.of(file)).shouldYield();
    }

    @Override
    public void close() {
        lanes.values().forEach(RequestLimit.Lane::close);
        trials.forEach(UsedArchive::endTrial);
    }
}
