package dev.cartd.store;

import dev.cartd.cart.CartStatus;
import dev.cartd.store.space.SumUpCarts.Sum;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * The carts of a database at one moment.
 *
 * @param carts how many live carts are in each state
 * @param used the bytes that carts hold on the volume, as far as recorded
 * @param reserved the bytes that carts in work have reserved and do not hold yet
 * @param oldest when the oldest cart in work was made; empty if none is in work
 * @param queued how many carts are in the room queue
 * @param queuedSince since when the first of these is; empty if none is
 */
public record CartSums(
        Map<CartStatus, Long> carts,
        long used,
        long reserved,
        Optional<Instant> oldest,
        long queued,
        Optional<Instant> queuedSince) {

    /** Copies the map. */
    public CartSums {
        carts = Collections.unmodifiableMap(new EnumMap<>(carts));
    }

    static CartSums of(List<Sum> sums, long inherited) {
        Map<CartStatus, Long> carts = new EnumMap<>(CartStatus.class);
        for (CartStatus status : CartStatus.values()) {
            carts.put(status, 0L);
        }
        sums.forEach(sum -> carts.put(sum.status(), sum.carts()));
        carts.remove(CartStatus.DELETED);
        List<Sum> inWork = sums.stream().filter(sum -> sum.status().inWork()).toList();
        return new CartSums(
                carts,
                inherited + sums.stream().mapToLong(Sum::held).sum(),
                inWork.stream().mapToLong(Sum::unfilled).sum(),
                first(inWork.stream().mapToLong(Sum::oldestMicros), ChronoUnit.MICROS),
                inWork.stream().mapToLong(Sum::queued).sum(),
                first(inWork.stream().mapToLong(Sum::queuedMillis), ChronoUnit.MILLIS));
    }

    private static Optional<Instant> first(LongStream moments, ChronoUnit unit) {
        return moments.filter(moment -> moment > 0)
                .boxed()
                .min(Long::compare)
                .map(least -> Instant.EPOCH.plus(least, unit));
    }
}
