package dev.cartd.spi;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Durability;
import dev.cartd.spi.SpaceStore.Books;
import dev.cartd.spi.SpaceStore.Decision;
import dev.cartd.spi.SpaceStore.Holder;
import dev.cartd.spi.SpaceStore.Pin;
import dev.cartd.spi.SpaceStore.ReserveResult;
import dev.cartd.spi.SpaceStore.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What every {@link SpaceStore} promises. */
public abstract class SpaceStoreContract extends StoreContract {
    private SpaceStore space;

    /** To be extended by the test of an implementation. */
    protected SpaceStoreContract() {}

    @BeforeEach
    final void take() {
        space = store.space();
    }

    @Test
    void whatIsGrantedIsPromised() {
        Cart one = claimed("one");
        assertThat(space.reserve(one, List.of(), 60, true, SpaceStoreContract::yes))
                .isEqualTo(ReserveResult.RESERVED);

        assertThat(shown(claimed("two"))).isEqualTo(new Books(0, 60, 0, List.of()));
        assertThat(space.holders())
                .containsExactly(new Holder(
                        one.id(), "one", CartStatus.STAGING, 0, 60, now, Optional.empty(), Optional.empty()));
    }

    @Test
    void whatIsReservedStaysSoAndIsNotDecidedAgain() {
        Cart one = claimed("one");
        space.reserve(one, List.of(), 60, true, SpaceStoreContract::yes);
        Cart again = claim(one);

        assertThat(space.reserve(again, List.of(), 60, true, SpaceStoreContract::unasked))
                .isEqualTo(ReserveResult.RESERVED);
        assertThat(space.reserve(again, List.of(), 61, true, SpaceStoreContract::no))
                .isEqualTo(ReserveResult.WAITS);
        assertThat(space.reserve(again, List.of(), 60, true, SpaceStoreContract::unasked))
                .isEqualTo(ReserveResult.RESERVED);
    }

    @Test
    void withTheRoomTheChangesOfTheCartAreRecorded() {
        Cart one = claimed("one");
        CartFile before = store.files(one.id()).get(0);
        CartFile after = before.asked(1).seen(3, 4, true);
        Cart changed = one.with(Durability.sinceThisBoot()).holding(3);

        assertThat(space.reserve(changed, List.of(after), 60, true, SpaceStoreContract::no))
                .isEqualTo(ReserveResult.WAITS);
        assertThat(store.files(one.id())).containsExactly(before);

        assertThat(space.reserve(changed, List.of(after), 60, true, SpaceStoreContract::yes))
                .isEqualTo(ReserveResult.RESERVED);
        assertThat(store.files(one.id())).containsExactly(after);
        assertThat(live("one").durability()).isEqualTo(Durability.sinceThisBoot());
        assertThat(live("one").held()).isEqualTo(3);

        assertThat(space.reserve(one, List.of(before), 60, true, SpaceStoreContract::unasked))
                .isEqualTo(ReserveResult.RESERVED);
        assertThat(store.files(one.id())).as("what is reserved already too").containsExactly(before);

        claim(one);
        assertThat(space.reserve(changed, List.of(after), 60, true, SpaceStoreContract::unasked))
                .isEqualTo(ReserveResult.LOST);
        assertThat(store.files(one.id())).containsExactly(before);
    }

    @Test
    void whatIsGivenBackIsNotPromisedAndHasToBeReservedAgain() {
        Cart one = claimed("one");
        space.reserve(one, List.of(), 60, true, SpaceStoreContract::yes);
        space.giveBack(one);

        assertThat(shown(claimed("two")).promised()).isZero();
        assertThat(space.reserve(one, List.of(), 60, true, SpaceStoreContract::no))
                .isEqualTo(ReserveResult.WAITS);
        Cart again = claim(one);
        space.reserve(again, List.of(), 60, true, SpaceStoreContract::yes);
        space.giveBack(one); // Not by who lost the claim.
        assertThat(space.reserve(again, List.of(), 60, true, SpaceStoreContract::unasked))
                .isEqualTo(ReserveResult.RESERVED);
    }

    @Test
    void reservingMoreReplaces() {
        Cart one = claimed("one");
        space.reserve(one, List.of(), 30, true, SpaceStoreContract::yes);
        space.reserve(one, List.of(), 40, true, SpaceStoreContract::yes);

        assertThat(shown(claimed("two")).promised()).isEqualTo(40);
    }

    @Test
    void whatACartHasFilledIsUsedAndNotPromisedAnyMore() {
        Cart one = claimed("one");
        space.reserve(one, List.of(), 60, true, SpaceStoreContract::yes);
        assertThat(store.record(one.holding(50), List.of())).isTrue();

        assertThat(shown(claimed("two"))).isEqualTo(new Books(50, 10, 0, List.of()));
        assertThat(shown(claim(one), 70))
                .returns(50L, Books::used)
                .returns(0L, Books::promised)
                .returns(50L, Books::own);
    }

    @Test
    void whoWaitsIsInLineInTheOrderOfComing() {
        Cart one = claimed("one");
        Cart two = claimed("two");
        Instant first = now;
        space.reserve(two, List.of(), 5, true, SpaceStoreContract::no);
        later();
        space.reserve(one, List.of(), 7, true, SpaceStoreContract::no);
        later();
        space.reserve(two, List.of(), 6, true, SpaceStoreContract::no);

        assertThat(space.waiting())
                .containsExactly(
                        new Waiting(two.id(), "two", first, 6, 0),
                        new Waiting(one.id(), "one", first.plusSeconds(1), 7, 0));
        assertThat(live("one").reason()).isEqualTo("waits for room");
    }

    @Test
    void whoGetsRoomLeavesTheLine() {
        Cart one = claimed("one");
        space.reserve(one, List.of(), 5, true, SpaceStoreContract::no);
        space.reserve(one, List.of(), 5, true, SpaceStoreContract::yes);

        assertThat(space.waiting()).isEmpty();
        assertThat(live("one").reason()).isEmpty();
    }

    @Test
    void whoIsOvertakenKeepsItsPlaceAndTheCount() {
        Cart one = claimed("one");
        Cart two = claimed("two");
        space.reserve(one, List.of(), 50, true, SpaceStoreContract::no);
        space.reserve(two, List.of(), 5, true, books -> new Decision.Grant(Set.of(one.id())));
        space.reserve(one, List.of(), 50, true, SpaceStoreContract::no);

        assertThat(space.waiting())
                .singleElement()
                .extracting(Waiting::overtaken)
                .isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = CartStatus.class,
            names = {"ERROR", "DELETED"})
    void whoLeavesWorkLeavesTheLineAndGivesBackWhatWasPromised(CartStatus end) {
        Cart one = claimed("one");
        space.reserve(one, List.of(), 5, true, SpaceStoreContract::yes);
        Cart two = claimed("two");
        space.reserve(two, List.of(), 5, true, SpaceStoreContract::no);
        store.move(one, end, "", "");
        store.move(two, end, "", "");

        assertThat(books()).isEqualTo(new Books(0, 0, 0, List.of()));
        assertThat(space.reserve(one, List.of(), 1, true, SpaceStoreContract::yes))
                .isEqualTo(ReserveResult.LOST);
    }

    @Test
    void aReadyCartHoldsWhatItTookAndNoPromise() {
        ready("one", 50);

        assertThat(books()).isEqualTo(new Books(50, 0, 0, List.of()));
    }

    @Test
    void aDeletedCartHoldsRoomUntilItIsRemoved() {
        Cart one = ready("one", 50);
        store.delete("one");
        assertThat(space.holders()).extracting(Holder::status).containsExactly(CartStatus.DELETED);
        assertThat(books().used()).isEqualTo(50);

        store.claim(one.id());
        store.removed(one.id());

        assertThat(space.holders()).isEmpty();
        assertThat(books().used()).isZero();
    }

    @Test
    void aCartThatIsStagedAgainHoldsWhatItHasAndHasNoPlaceInTheLine() {
        Cart one = claimed("one");
        space.reserve(one, List.of(), 50, true, SpaceStoreContract::no);
        store.record(one.holding(20), List.of());
        store.move(one, CartStatus.ERROR, "no", "");
        store.restage(live("one"));

        assertThat(books()).isEqualTo(new Books(20, 0, 0, List.of()));
    }

    @Test
    void anOldClaimReservesNothing() {
        Cart old = claimed("one");
        claim(old);

        assertThat(space.reserve(old, List.of(), 1, true, SpaceStoreContract::unasked))
                .isEqualTo(ReserveResult.LOST);
        store.delete("one");
        assertThat(space.reserve(live(old), List.of(), 1, true, SpaceStoreContract::unasked))
                .isEqualTo(ReserveResult.LOST);
    }

    @Test
    void decisionsAtOnceSeeEachOther() throws Exception {
        List<Cart> claims = new ArrayList<>(
                IntStream.range(0, 16).mapToObj(i -> claimed("uid-" + i)).toList());

        List<ReserveResult> results = all(16, () -> {
            Cart mine;
            synchronized (claims) {
                mine = claims.remove(0);
            }
            return space.reserve(
                    mine,
                    List.of(),
                    30,
                    true,
                    books -> books.promised() + 30 <= 100
                            ? new Decision.Grant(Set.of())
                            : new Decision.Wait("too much"));
        });

        assertThat(results.stream().filter(ReserveResult.RESERVED::equals)).hasSize(3);
        assertThat(space.waiting()).hasSize(13);
    }

    @Test
    void aPinIsRenewedAndGivenBackAndCountsAsUse() {
        Cart one = ready("one", 5);
        later();
        assertThat(space.pin(one.id(), 2, now.plusSeconds(60))).isTrue();
        assertThat(live("one").updated()).isEqualTo(now);
        assertThat(space.pins())
                .singleElement()
                .satisfies(pin -> assertThat(pin).isEqualTo(new Pin(one.id(), pin.node(), 2, now.plusSeconds(60))));
        later();
        assertThat(space.pin(one.id(), 1, now.plusSeconds(60))).isTrue();
        assertThat(space.pins()).extracting(Pin::downloads).containsExactly(1);
        assertThat(space.holders()).extracting(Holder::pinned).containsExactly(Optional.of(now.plusSeconds(60)));
        later();
        assertThat(space.pin(one.id(), 0, now.plusSeconds(60))).isTrue();
        assertThat(space.pins()).isEmpty();
        assertThat(live("one").updated()).isEqualTo(now);
    }

    @Test
    void aPinEndsByItselfAfterItsTime() {
        Cart one = ready("one", 5);
        space.pin(one.id(), 1, now.plusSeconds(60));
        now = now.plusSeconds(60);

        assertThat(space.pins()).isEmpty();
        assertThat(space.holders()).extracting(Holder::pinned).containsExactly(Optional.empty());
        assertThat(space.evict(one.id(), live("one").updated(), "why")).isTrue();
    }

    @Test
    void onlyWhatIsReadyIsPinned() {
        Cart one = claimed("one");
        assertThat(space.pin(one.id(), 1, now.plusSeconds(60))).isFalse();
        assertThat(space.pin(4711, 1, now.plusSeconds(60))).isFalse();
        assertThat(space.pins()).isEmpty();
    }

    @Test
    void anEvictedCartIsDeletedAndSaysWhy() {
        Cart one = ready("one", 5);
        later();
        assertThat(space.evict(one.id(), one.updated(), "another needs room")).isTrue();

        assertThat(store.live("one")).isEmpty();
        assertThat(store.deleted(10)).singleElement().satisfies(deleted -> {
            assertThat(deleted.id()).isEqualTo(one.id());
            assertThat(deleted.reason()).isEqualTo("another needs room");
            assertThat(deleted.updated()).isEqualTo(now);
        });
        assertThat(store.claim(one.id())).map(Cart::status).contains(CartStatus.DELETED);
        assertThat(space.evict(one.id(), now, "again")).isFalse();
    }

    @Test
    void aCartInErrorIsEvictedToo() {
        Cart one = claimed("one");
        store.move(one, CartStatus.ERROR, "no", "");

        assertThat(space.evict(one.id(), now, "why")).isTrue();
    }

    @Test
    void whatIsInWorkIsNeverEvicted() {
        Cart one = claimed("one");

        assertThat(space.evict(one.id(), live("one").updated(), "why")).isFalse();
    }

    @Test
    void whatWasUsedSinceIsNotEvicted() {
        Cart one = ready("one", 5);
        Instant seen = one.updated();
        later();
        space.pin(one.id(), 1, now.plusSeconds(60));
        space.pin(one.id(), 0, now);

        assertThat(space.evict(one.id(), seen, "why")).isFalse();
        assertThat(space.evict(one.id(), now, "why")).isTrue();
    }

    @Test
    void whatIsPinnedIsNotEvicted() {
        Cart one = ready("one", 5);
        space.pin(one.id(), 1, now.plusSeconds(60));

        assertThat(space.evict(one.id(), live("one").updated(), "why")).isFalse();
    }

    @Test
    void aPinFromBeforeTheClockWentBackHoldsNothing() {
        Cart one = ready("one", 5);
        space.pin(one.id(), 1, now.plusSeconds(60));
        Instant made = now;
        now = made.minusSeconds(60);
        assertThat(space.pins()).hasSize(1);

        now = made.minusSeconds(61);

        assertThat(space.pins()).isEmpty();
        assertThat(space.holders()).extracting(Holder::pinned).containsExactly(Optional.empty());
        assertThat(space.evict(one.id(), live("one").updated(), "why")).isTrue();
    }

    @Test
    void aPromiseFromBeforeTheClockWentBackIsKept() {
        Cart one = ready("one", 5);
        space.keep(one.id(), now.plus(Duration.ofDays(7)), false);
        now = now.minus(Duration.ofHours(2));

        assertThat(space.evict(one.id(), one.updated(), "why")).isFalse();
    }

    @Test
    void whatIsKeptIsNotEvictedBeforeItsTime() {
        Cart one = ready("one", 5);
        Instant until = now.plus(Duration.ofDays(7));
        assertThat(space.keep(one.id(), until, false)).isTrue();

        assertThat(live("one").kept()).contains(until);
        assertThat(space.holders()).extracting(Holder::kept).containsExactly(Optional.of(until));
        assertThat(space.evict(one.id(), one.updated(), "why")).isFalse();
        now = until;
        assertThat(space.evict(one.id(), one.updated(), "why")).isTrue();
    }

    @Test
    void aPromiseIsShortenedOnlyByWhoMeansTo() {
        Cart one = ready("one", 5);
        Instant until = now.plus(Duration.ofDays(7));
        space.keep(one.id(), until, true);
        assertThat(space.keep(one.id(), now.plusSeconds(1), true)).isTrue();
        assertThat(live("one").kept()).contains(until);
        space.keep(one.id(), until.plusSeconds(1), true);
        assertThat(live("one").kept()).contains(until.plusSeconds(1));
        space.keep(one.id(), now, false);
        assertThat(live("one").kept()).contains(now);
        assertThat(space.keep(4711, now, false)).isFalse();
    }

    @Test
    void ofAPinAndAnEvictionOneComesThrough() throws Exception {
        for (int round = 0; round < 20; round++) {
            Cart cart = ready("round-" + round, 5);
            AtomicReference<Boolean> pinned = new AtomicReference<>(false);
            List<Boolean> done = atOnce(
                    () -> {
                        pinned.set(space.pin(cart.id(), 1, now.plusSeconds(60)));
                        return pinned.get();
                    },
                    () -> space.evict(cart.id(), cart.updated(), "why"));
            assertThat(done).containsOnlyOnce(true);
        }
    }

    private static Decision no(Books books) {
        return new Decision.Wait("waits for room");
    }

    private static Decision yes(Books books) {
        return new Decision.Grant(Set.of());
    }

    private static Decision unasked(Books books) {
        throw new AssertionError("nobody had to be asked: " + books);
    }

    private Books shown(Cart claim) {
        return shown(claim, 1);
    }

    /** What is shown to who decides about so many bytes for this cart. */
    private Books shown(Cart claim, long bytes) {
        AtomicReference<Books> seen = new AtomicReference<>();
        space.reserve(claim, List.of(), bytes, true, books -> {
            seen.set(books);
            return new Decision.Wait("");
        });
        return Objects.requireNonNull(seen.get());
    }

    private Cart ready(String uid, long bytes) {
        Cart claim = claimed(uid);
        space.reserve(claim, List.of(), bytes, true, SpaceStoreContract::yes);
        store.record(claim.holding(bytes), List.of());
        store.move(claim, CartStatus.BUNDLING, "", "");
        store.move(live(uid), CartStatus.READY, "", "/srv/" + uid);
        return live(uid);
    }

    private Cart claimed(String uid) {
        CartRequest.Item item = CartRequest.Item.of("id", "path", "md5", MD5);
        return claim(store.add(new CartRequest(uid, false, List.of(item)), 0));
    }

    private Cart claim(Cart cart) {
        return store.claim(cart.id()).orElseThrow();
    }

    private Cart live(String uid) {
        return store.live(uid).get(0);
    }

    private Cart live(Cart deleted) {
        return store.claim(deleted.id()).orElseThrow();
    }

    private void later() {
        now = now.plusSeconds(1);
    }

    @SafeVarargs
    private static <T> List<T> atOnce(Callable<T>... calls) throws Exception {
        CyclicBarrier start = new CyclicBarrier(calls.length);
        ExecutorService threads = Executors.newFixedThreadPool(calls.length);
        try {
            List<Future<T>> futures = new ArrayList<>();
            for (Callable<T> call : calls) {
                futures.add(threads.submit(() -> {
                    start.await();
                    return call.call();
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        } finally {
            threads.shutdown();
        }
    }

    @SuppressWarnings("unchecked")
    private static <T> List<T> all(int count, Callable<T> call) throws Exception {
        return atOnce(IntStream.range(0, count).mapToObj(i -> call).toArray(Callable[]::new));
    }
}
