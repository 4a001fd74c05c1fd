package dev.cartd.server.page;

import dev.cartd.CartDetails;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.server.view.Recent;
import dev.cartd.system.Timeline;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the files in the folders of large carts, whose pages do not show all files. That reads all files of a cart, so
 * it is done once for a cart, for one cart at a time, and no page waits for it. Safe for use by many threads.
 */
final class Folders {
    /** Carts with more files are not counted: that would take seconds. */
    private static final int MOST_FILES = 200_000;

    private static final Logger LOG = LoggerFactory.getLogger(Folders.class);

    private static final int CARTS = 100;
    private static final int MOST_FOLDERS = 100;
    private static final int PAGE = 5000;

    private static final int IDLE_SECONDS = 10;

    /** How many bytes of names are kept of a cart. */
    private static final int MOST_TEXT = 30_000;

    /**
     * The files of a cart by folder.
     *
     * @param folders folders at most two levels deep, by name
     * @param others how many files are in folders that are not listed
     */
    record Counted(List<Folder> folders, int others) {}

    /**
     * A folder.
     *
     * @param name its path, visible; empty for the files that are in no folder
     * @param files how many files are in it, those in its folders included
     */
    record Folder(String name, int files) {}

    private final Recent<Counted> counted = new Recent<>(CARTS);

    /** One thread, which ends when there is nothing to count. It refuses a cart while it counts another one. */
    private final Executor counter = new ThreadPoolExecutor(
            0,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Timeline.daemons("cartd-folders", false),
            new ThreadPoolExecutor.DiscardPolicy());

    /** The folders of a cart; empty if it has too many files, or they are not counted yet. */
    Optional<Counted> of(Cart cart, CartDetails details) {
        Optional<Counted> known = counted.get(cart.id());
        if (known.isEmpty() && isCountable(cart)) {
            counter.execute(() -> remember(cart, details));
        }
        return known;
    }

    /** Whether its folders are counted sooner or later. */
    static boolean isCountable(Cart cart) {
        return cart.progress().files() <= MOST_FILES;
    }

    private void remember(Cart cart, CartDetails details) {
        try {
            counted.put(cart.id(), count(cart, details));
        } catch (CartException.Unavailable e) {
            LOG.debug("the folders of a cart cannot be counted now: {}", e.getMessage());
        }
    }

    private static Counted count(Cart cart, CartDetails details) {
        Map<String, Integer> folders = new TreeMap<>();
        int others = 0;
        int text = 0;
        long after = 0;
        List<CartFile> page;
        do {
            page = details.files(cart, after, Optional.empty(), PAGE);
            for (CartFile file : page) {
                String name = folder(FileTree.path(file));
                if (folders.containsKey(name) || (folders.size() < MOST_FOLDERS && text < MOST_TEXT)) {
                    text += folders.merge(name, 1, Integer::sum) == 1 ? Visible.bytes(name) : 0;
                } else {
                    others++;
                }
                after = file.id();
            }
        } while (page.size() == PAGE);
        return new Counted(
                folders.entrySet().stream()
                        .map(entry -> new Folder(Visible.text(entry.getKey()), entry.getValue()))
                        .toList(),
                others);
    }

    /** The first two names of the folders of a path. */
    private static String folder(String path) {
        int first = path.indexOf('/');
        int second = path.indexOf('/', first + 1);
        return path.substring(0, Math.max(0, second > 0 ? second : first));
    }
}
