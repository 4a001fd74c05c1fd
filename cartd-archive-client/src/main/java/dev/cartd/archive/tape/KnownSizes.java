package dev.cartd.archive.tape;

import dev.cartd.spi.Archive.Found;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What this process remembers of files while they are on tape: their size and time. All of it can be forgotten: then
 * the archive is asked again. Safe for use by many threads.
 */
final class KnownSizes {
    /** The most files that are remembered: those that were used last. */
    private static final int MOST = 50_000;

    private final Map<String, Found> sizes = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Found> eldest) {
            return size() > MOST;
        }
    };

    synchronized void remember(String path, Found found) {
        sizes.put(path, found);
    }

    synchronized void forget(String path) {
        sizes.remove(path);
    }

    /** The size and time of a file that was on tape when they were asked for. */
    synchronized Optional<Found> of(String path) {
        return Optional.ofNullable(sizes.get(path));
    }
}
