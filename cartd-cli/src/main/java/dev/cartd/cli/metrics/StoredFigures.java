package dev.cartd.cli.metrics;

import dev.cartd.Cartd;
import dev.cartd.cart.CartException;
import dev.cartd.store.CartSums;
import dev.cartd.store.Database;
import dev.cartd.system.FreeSpace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.ToDoubleFunction;

/**
 * What the database and the volume say, asked at most every ten seconds, however often it is read. What cannot be asked
 * is not a number. For one thread at a time.
 */
final class StoredFigures {
    private static final Duration PERIOD = Duration.ofSeconds(10);

    private final Cartd cartd;
    private final Database database;
    private final FreeSpace volume;
    private long read = System.nanoTime() - PERIOD.toNanos();
    private Optional<CartSums> sums = Optional.empty();
    private OptionalLong free = OptionalLong.empty();
    private OptionalLong size = OptionalLong.empty();

    StoredFigures(Cartd cartd, Database database, Path volume) {
        this.cartd = cartd;
        this.database = database;
        this.volume = new FreeSpace(volume);
    }

    /** One of the sums over all carts. */
    double of(ToDoubleFunction<CartSums> figure) {
        refresh();
        return sums.map(all -> figure.applyAsDouble(all)).orElse(Double.NaN);
    }

    /** The free bytes of the volume's file system. */
    double free() {
        refresh();
        return number(free);
    }

    /** The size of the volume's file system. */
    double size() {
        refresh();
        return number(size);
    }

    private static double number(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : Double.NaN;
    }

    private void refresh() {
        if (System.nanoTime() - read < PERIOD.toNanos()) {
            return;
        }
        sums = readSums();
        readVolume();
        read = System.nanoTime();
    }

    private Optional<CartSums> readSums() {
        try {
            return Optional.of(database.sums());
        } catch (CartException.Unavailable e) {
            return Optional.empty(); // It is logged, and cartd_available says it.
        }
    }

    private void readVolume() {
        boolean there = cartd.conditions().stream()
                .noneMatch(one -> one.name().equals("volume") && one.away().isPresent());
        try {
            free = there ? OptionalLong.of(volume.usableSoon()) : OptionalLong.empty();
            size = there ? OptionalLong.of(volume.total()) : OptionalLong.empty();
        } catch (IOException e) {
            free = OptionalLong.empty();
            size = OptionalLong.empty();
        }
    }
}
