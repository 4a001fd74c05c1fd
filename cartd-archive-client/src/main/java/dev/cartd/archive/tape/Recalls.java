package dev.cartd.archive.tape;

import dev.cartd.spi.Archive.Found;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What this process remembers of files: their size and time while they are on tape, and which request brings them to
 * disk. All of it can be forgotten: sizes are asked for again, and the archive gives a file up by itself after some
 * days. Safe for use by many threads.
 */
final class Recalls {
    /** The most files that are remembered. */
    private static final int MOST = 50_000;

    /** So many files are released with one request. */
    private static final int RELEASED_AT_ONCE = 100;

    private final Map<String, Found> sizes = newest();
    private final Map<String, String> requests = newest();
    private final Map<String, Recall> recalls = newest();

    /** A request: how many of its files were not pulled yet, and those that were and are to be released. */
    private static final class Recall {
        private int waiting;
        private final List<String> pulled = new ArrayList<>();

        Recall(int waiting) {
            this.waiting = waiting;
        }
    }

    /** Files to release. */
    record Release(String request, List<String> paths) {}

    private static <V> Map<String, V> newest() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > MOST;
            }
        };
    }

    synchronized void remember(String path, Found found) {
        sizes.put(path, found);
    }

    synchronized void forget(String path) {
        sizes.remove(path);
    }

    /** The size and time of a file that was on tape when they were asked for. */
    synchronized Optional<Found> known(String path) {
        return Optional.ofNullable(sizes.get(path));
    }

    /** Notes that a request brings these files to disk. */
    synchronized void requested(String request, List<String> paths) {
        paths.forEach(path -> requests.put(path, request));
        recalls.put(request, new Recall(paths.size()));
    }

    /** The requests that bring these files to disk, each with its files. */
    synchronized Map<String, List<String>> requests(List<String> paths) {
        Map<String, List<String>> found = new HashMap<>();
        for (String path : paths) {
            Optional.ofNullable(requests.get(path))
                    .ifPresent(request -> found.computeIfAbsent(request, any -> new ArrayList<>())
                            .add(path));
        }
        return found;
    }

    /** Notes that a file was pulled; the files to release now, if they are enough or the last of their request. */
    synchronized Optional<Release> pulled(String path) {
        String request = requests.remove(path);
        Recall recall = request == null ? null : recalls.get(request);
        if (request == null || recall == null) {
            return Optional.empty();
        }
        recall.pulled.add(path);
        recall.waiting--;
        if (recall.pulled.size() < RELEASED_AT_ONCE && recall.waiting > 0) {
            return Optional.empty();
        }
        List<String> paths = List.copyOf(recall.pulled);
        recall.pulled.clear();
        if (recall.waiting <= 0) {
            recalls.remove(request);
        }
        return Optional.of(new Release(request, paths));
    }
}
