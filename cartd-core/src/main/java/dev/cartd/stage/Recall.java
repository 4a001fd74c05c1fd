package dev.cartd.stage;

import dev.cartd.cart.CartFile;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Files that one request had an archive bring from tape. Immutable.
 *
 * @param receipt the archive's name for it
 * @param ids the ids of the files, without repetition
 */
record Recall(String receipt, List<String> ids) {
    /** The recalls of those of these files that have a receipt. The files are of one archive. */
    static List<Recall> of(Collection<CartFile> files) {
        Map<String, Set<String>> ids = new LinkedHashMap<>();
        for (CartFile file : files) {
            if (file.hasReceipt()) {
                ids.computeIfAbsent(file.receipt(), any -> new LinkedHashSet<>())
                        .add(file.archiveId());
            }
        }
        List<Recall> recalls = new ArrayList<>();
        ids.forEach((receipt, all) -> recalls.add(new Recall(receipt, List.copyOf(all))));
        return recalls;
    }

    /** This recall in parts of at most so many files. */
    List<Recall> parts(int most) {
        List<Recall> parts = new ArrayList<>();
        for (int from = 0; from < ids.size(); from += most) {
            parts.add(new Recall(receipt, ids.subList(from, Math.min(from + most, ids.size()))));
        }
        return parts;
    }
}
