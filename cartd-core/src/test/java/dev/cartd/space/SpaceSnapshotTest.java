package dev.cartd.space;

import dev.cartd.cart.CartStatus;
import dev.cartd.cart.HumanText;
import dev.cartd.spi.SpaceStore.Holder;
import dev.cartd.spi.SpaceStore.Shared;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A volume of 100 GB, and who may go from it. */
class SpaceSnapshotTest {
    private static final long GB = 1_000_000_000;
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
    private static final Instant LONG_AGO = NOW.minus(Duration.ofDays(1));

    private SpaceSettings settings = SpaceSettings.DEFAULT;
    private long free = 100 * GB;

    @Test
    void whatIsLargerThanTheVolumeNeverFits() {
        assertThat(never(100)).isEmpty();
        assertThat(never(101)).isEqualTo("No Space Available: cart needs 101 GB, the volume has 100 GB in all");
    }

    @Test
    void whatIsKeptFreeAndBeyondTheQuotaIsNotThere() {
        settings = new SpaceSettings(
                Optional.empty(),
                20 * GB,
                true,
                Duration.ZERO,
                Optional.empty(),
                Optional.empty(),
                Duration.ofHours(1),
                SpacePolicy.LRU);
        assertThat(never(81)).isEqualTo("No Space Available: cart needs 81 GB, the volume has 80 GB in all");
        settings = SpaceSettings.DEFAULT.withSize(64 * GB);
        assertThat(never(65)).isEqualTo("No Space Available: cart needs 65 GB, the volume has 64 GB in all");
        assertThat(never(64)).isEmpty();
    }

    @Test
    void whatOtherProgramsHaveMayBecomeFreeAndIsSaidAtTheEnd() {
        free = 60 * GB;
        assertThat(never(61)).isEmpty();
        assertThat(new SpaceSnapshot(100 * GB, free, List.of(), List.of(), settings, NOW).tooLong(61 * GB))
                .isEqualTo("No Space Available: cart needs 61 GB, the volume has 100 GB in all,"
                        + " 40 GB of it taken by other programs, and none became free in 1 hour");
    }

    @Test
    void cartsThatMayGoAreInNobodysWay() {
        free = 10 * GB;
        assertThat(never(100, ready(1, 90, LONG_AGO))).isEmpty();
    }

    @Test
    void cartsInWorkAreOnlyInTheWayIfTheyStay() {
        free = 95 * GB;
        assertThat(never(100, inWork(1, 5, 50))).isEmpty();
        settings = SpaceSettings.DEFAULT.withEvict(false);
        assertThat(never(51, inWork(1, 5, 50)))
                .isEqualTo("No Space Available: cart needs 51 GB, the volume has 100 GB in all,"
                        + " 50 GB of it in carts that may not be evicted");
        assertThat(never(50, inWork(1, 5, 50))).isEmpty();
    }

    @Test
    void withoutEvictionCartsStay() {
        free = 40 * GB;
        settings = SpaceSettings.DEFAULT.withEvict(false);
        assertThat(never(41, ready(1, 60, LONG_AGO))).contains("60 GB of it in carts that may not be evicted");
        assertThat(spared(ready(1, 60, LONG_AGO))).isEqualTo("lru_purge is off");
    }

    @Test
    void whatWasUsedLatelyStays() {
        free = 40 * GB;
        settings = safeFor(Duration.ofMinutes(10));
        assertThat(never(41, ready(1, 60, NOW.minusSeconds(599)))).contains("60 GB of it in carts");
        assertThat(never(41, ready(1, 60, NOW.minusSeconds(600)))).isEmpty();
        assertThat(spared(ready(1, 60, NOW))).isEqualTo("was used in the last 10 minutes");
    }

    @Test
    void aUseBeforeTheClockWasSetBackProtectsNoLongerThanOthers() {
        free = 40 * GB;
        assertThat(never(41, ready(1, 60, NOW.plusSeconds(3600)))).isEmpty();
        assertThat(spared(ready(1, 60, NOW.plusSeconds(3600)))).isEmpty();
        settings = safeFor(Duration.ofMinutes(10));
        assertThat(never(41, ready(1, 60, NOW.plusSeconds(599)))).contains("60 GB of it in carts");
        assertThat(never(41, ready(1, 60, NOW.plusSeconds(600)))).isEmpty();
    }

    @Test
    void whatIsKeptStaysAndWhatIsPinnedMayGoLater() {
        free = 40 * GB;
        Holder kept = new Holder(
                1, "one", CartStatus.READY, 60 * GB, 0, LONG_AGO, Optional.of(NOW.plusSeconds(1)), Optional.empty());
        Holder pinned = new Holder(
                1, "one", CartStatus.READY, 60 * GB, 0, LONG_AGO, Optional.of(NOW), Optional.of(NOW.plusSeconds(1)));
        assertThat(never(41, kept)).contains("60 GB of it in carts");
        assertThat(spared(kept)).isEqualTo("is kept until " + HumanText.moment(NOW.plusSeconds(1)));
        assertThat(never(41, pinned)).isEmpty();
        assertThat(spared(pinned)).isEqualTo("is being downloaded");
    }

    @Test
    void whatMayStillBePromisedIsLeft() {
        free = 40 * GB;
        assertThat(snapshot(ready(1, 55, LONG_AGO), inWork(2, 5, 20)).left()).isEqualTo(25 * GB);
        settings = SpaceSettings.DEFAULT.withSize(80 * GB);
        assertThat(snapshot(ready(1, 55, LONG_AGO), inWork(2, 5, 20)).left()).isEqualTo(5 * GB);
        assertThat(snapshot(ready(1, 55, LONG_AGO), inWork(2, 5, 40)).left()).isZero();
    }

    @Test
    void whatIsSharedBecomesFreeWithTheLastThatHasIt() {
        SpaceSnapshot snapshot = new SpaceSnapshot(
                100 * GB,
                free,
                List.of(ready(1, 30, LONG_AGO), ready(2, 5, LONG_AGO)),
                List.of(new Shared(1, Set.of(1L, 2L), 10 * GB)),
                settings,
                NOW);
        assertThat(snapshot.freedBy(Set.of(1L))).isEqualTo(20 * GB);
        assertThat(snapshot.freedBy(Set.of(2L))).isEqualTo(5 * GB);
        assertThat(snapshot.freedBy(Set.of(1L, 2L))).isEqualTo(35 * GB);
    }

    @Test
    void anOlderCartIsHiddenByANewerReadyOneOnly() {
        Holder newerInWork = inWork(3, 0, 5);
        assertThat(snapshot(ready(1, 5, LONG_AGO), ready(2, 5, LONG_AGO), newerInWork)
                        .candidates())
                .extracting(EvictionCandidate::hidden)
                .containsExactly(true, false);
    }

    @Test
    void whatWasDeletedIsGoingForAWhile() {
        Holder fresh = new Holder(
                1, "one", CartStatus.DELETED, 7, 0, NOW.minusSeconds(59), Optional.empty(), Optional.empty());
        Holder stuck = new Holder(
                2, "two", CartStatus.DELETED, 9, 0, NOW.minusSeconds(60), Optional.empty(), Optional.empty());

        assertThat(snapshot(fresh, stuck).beingRemoved()).isEqualTo(7);

        Holder beforeTheClockWasSetBack = new Holder(
                3, "three", CartStatus.DELETED, 5, 0, NOW.plusSeconds(60), Optional.empty(), Optional.empty());
        assertThat(snapshot(beforeTheClockWasSetBack).beingRemoved()).isZero();
        assertThat(snapshot(fresh, stuck).candidates()).isEmpty();
    }

    private String never(long gb, Holder... holders) {
        return snapshot(holders).never(99, gb * GB).orElse("");
    }

    private String spared(Holder holder) {
        return snapshot(holder).candidates().get(0).spared();
    }

    private SpaceSnapshot snapshot(Holder... holders) {
        return new SpaceSnapshot(100 * GB, free, List.of(holders), List.of(), settings, NOW);
    }

    private static SpaceSettings safeFor(Duration safe) {
        return new SpaceSettings(
                Optional.empty(),
                0,
                true,
                safe,
                Optional.empty(),
                Optional.empty(),
                Duration.ofHours(1),
                SpacePolicy.LRU);
    }

    private static Holder ready(long cart, long gb, Instant used) {
        return new Holder(cart, "one", CartStatus.READY, gb * GB, 0, used, Optional.empty(), Optional.empty());
    }

    private static Holder inWork(long cart, long gb, long reserved) {
        return new Holder(
                cart, "one", CartStatus.STAGING, gb * GB, reserved * GB, NOW, Optional.empty(), Optional.empty());
    }
}
