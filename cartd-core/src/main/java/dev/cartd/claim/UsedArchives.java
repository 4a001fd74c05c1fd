package dev.cartd.claim;

import dev.cartd.cart.CartFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The archives of a worker. Immutable.
 *
 * @param fallback the default archive
 * @param named the others, by their names
 */
public record UsedArchives(UsedArchive fallback, Map<String, UsedArchive> named) {
    /** The archive whose name and a colon the text begins with; the default one if there is none of that name. */
    public UsedArchive of(String text) {
        int colon = named.isEmpty() ? -1 : text.indexOf(':');
        return Optional.ofNullable(colon < 0 ? null : named.get(text.substring(0, colon)))
                .orElse(fallback);
    }

    /** The archive of a file. */
    public UsedArchive of(CartFile file) {
        return of(file.archiveId());
    }

    /** All archives, the default one first. */
    public List<UsedArchive> all() {
        List<UsedArchive> all = new ArrayList<>(List.of(fallback));
        all.addAll(named.values());
        return all;
    }

    /** The archives of these files. */
    Set<UsedArchive> of(Collection<CartFile> files) {
        Set<UsedArchive> found = new LinkedHashSet<>();
        files.forEach(file -> found.add(of(file)));
        return found;
    }

    /** The settings of a cart with these files: of its archives' patiences the longest. */
    StageSettings settings(Collection<CartFile> files) {
        return named.isEmpty()
                ? fallback.settings()
                : fallback.settings()
                        .withPatience(longest(files, StageSettings::patience))
                        .withTapePatience(longest(files, StageSettings::tapePatience));
    }

    private Duration longest(Collection<CartFile> files, Function<StageSettings, Duration> which) {
        return of(files).stream()
                .map(archive -> which.apply(archive.settings()))
                .max(Comparator.naturalOrder())
                .orElse(which.apply(fallback.settings()));
    }
}
