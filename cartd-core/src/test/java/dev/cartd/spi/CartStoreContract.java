package dev.cartd.spi;

import dev.cartd.cart.Cart;
import dev.cartd.cart.Cart.Progress;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Durability;
import dev.cartd.cart.FileStatus;
import dev.cartd.cart.Memory;
import dev.cartd.cart.Standstill;
import dev.cartd.cart.Wait;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What every {@link CartStore} promises. */
public abstract class CartStoreContract {
    private static final String MD5 = "acbd18db4cc2f85cedef654fccc4a4d8";
    private static final String ANY = "any";

    private volatile Instant now = Instant.parse("2026-11-22T12:00:00.123456Z");
    private CartStore store;

    /** To be extended by the test of an implementation. */
    protected CartStoreContract() {}

    /** An empty store that takes the time from this clock. */
    protected abstract CartStore open(InstantSource clock) throws Exception;

    @BeforeEach
    final void openStore() throws Exception {
        store = open(() -> now);
    }

    @AfterEach
    final void closeStore() {
        store.close();
    }

    @Test
    void aNewCartWaits() {
        Cart cart = store.add(request("one", true, 2), 0);

        assertThat(cart.uid()).isEqualTo("one");
        assertThat(cart.bundle()).isTrue();
        assertThat(cart.status()).isEqualTo(CartStatus.WAITING);
        assertThat(cart.reason()).isEmpty();
        assertThat(cart.bundlePath()).isEmpty();
        assertThat(cart.created()).isEqualTo(now);
        assertThat(cart.updated()).isEqualTo(now);
        assertThat(cart.ready()).isEmpty();
        assertThat(cart.standstill()).isEqualTo(Standstill.NEW);
        assertThat(cart.progress()).isEqualTo(Progress.ofUnknownSize(2, 0, 0));
        assertThat(store.live("one")).containsExactly(cart);
    }

    @Test
    void aNewCartsFilesWaitInTheOrderOfTheRequest() {
        CartRequest request = request("one", false, 3);
        Cart cart = store.add(request, 0);

        List<CartFile> files = store.files(cart.id());

        assertThat(files).extracting(CartFile::path).containsExactly("d/0", "d/1", "d/2");
        assertThat(files).extracting(CartFile::archiveId).containsExactly("id-0", "id-1", "id-2");
        assertThat(files).extracting(CartFile::id).isSorted().doesNotHaveDuplicates();
        assertThat(files).allSatisfy(file -> {
            assertThat(file.status()).isEqualTo(FileStatus.WAITING);
            assertThat(file.checksum()).isEqualTo(request.items().get(0).checksum());
            assertThat(file.known()).isFalse();
            assertThat(file.asked()).isEqualTo(CartFile.UNKNOWN);
            assertThat(file.online()).isFalse();
            assertThat(file.tries()).isZero();
            assertThat(file.reason()).isEmpty();
        });
    }

    @Test
    void manyFilesComeBackInOrder() {
        Cart cart = store.add(request("many", false, 10_000), 0);

        List<CartFile> files = store.files(cart.id());

        assertThat(files).hasSize(10_000);
        assertThat(files).extracting(CartFile::path).containsExactlyElementsOf(paths(10_000));
    }

    @Test
    void oddTextsComeBackAsTheyWere() {
        String path = "ünï/\u65e5\u672c/\ud83d\ude00 ' \" ; -- % _ \\ .tar";
        CartRequest.Item item = CartRequest.Item.of("a b'c\"%_\ud83d\ude00", path, "No-Such", "' or 1=1 --");
        Cart cart = store.add(new CartRequest("odd~._-", false, List.of(item)), 0);

        assertThat(store.files(cart.id())).singleElement().satisfies(file -> {
            assertThat(file.archiveId()).isEqualTo(item.archiveId());
            assertThat(file.path()).isEqualTo(path);
            assertThat(file.checksum()).isEqualTo(item.checksum());
        });
    }

    /** Its cart fails when it is staged; until then it is a cart. */
    @Test
    void whatIsNoHashMayBeLong() {
        String hash = new Random(1)
                .ints(20_000, 'a', 'z')
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
        CartRequest.Item item = CartRequest.Item.of("id", "path", "md5", hash);

        Cart cart = store.add(new CartRequest("long", false, List.of(item)), 0);

        assertThat(store.files(cart.id()))
                .singleElement()
                .satisfies(file -> assertThat(file.checksum()).isEqualTo(item.checksum()));
    }

    @Test
    void numbersGrow() {
        long first = add("one").id();
        long second = add("two").id();

        assertThat(first).isPositive();
        assertThat(second).isGreaterThan(first);
    }

    @Test
    void numbersAreGreaterThanWhatIsThereAlready() {
        assertThat(store.add(request("one", false, 1), 1000).id()).isGreaterThan(1000);
        assertThat(store.add(request("two", false, 1), 5).id()).isGreaterThan(1001);
    }

    @Test
    void numbersOfRemovedCartsAreNotUsedAgain() {
        long gone = add("one").id();
        store.delete("one");
        store.removed(gone);

        assertThat(add("one").id()).isGreaterThan(gone);
    }

    @Test
    void anEqualRequestJoinsAndCountsAsUse() {
        Cart first = add("one");
        later();

        Cart again = add("one");

        assertThat(again.id()).isEqualTo(first.id());
        assertThat(again.created()).isEqualTo(first.created());
        assertThat(again.updated()).isEqualTo(now);
        assertThat(store.live("one")).containsExactly(again);
    }

    @Test
    void anotherRequestMakesAFurtherCart() {
        Cart first = add("one");
        Cart other = store.add(request("one", false, 2), 0);
        Cart bundled = store.add(request("one", true, 2), 0);

        assertThat(store.live("one")).containsExactly(bundled, other, first);
    }

    @Test
    void onlyTheNewestIsJoined() {
        Cart first = add("one");
        store.add(request("one", false, 2), 0);

        assertThat(add("one").id()).isNotEqualTo(first.id());
    }

    @Test
    void aCartInErrorIsNotJoined() {
        Cart first = claim(add("one"));
        assertThat(store.move(first, CartStatus.ERROR, "no", "")).isTrue();

        assertThat(add("one").id()).isNotEqualTo(first.id());
    }

    @Test
    void aReadyCartIsJoined() {
        Cart first = ready(add("one"));

        assertThat(add("one").id()).isEqualTo(first.id());
    }

    @Test
    void aDeletedCartIsNotJoined() {
        Cart first = add("one");
        store.delete("one");

        assertThat(add("one").id()).isNotEqualTo(first.id());
    }

    @Test
    void equalRequestsAtOnceMakeOneCart() throws Exception {
        for (int round = 0; round < 10; round++) {
            String uid = "at-once-" + round;
            CartRequest request = request(uid, false, 20);

            Set<Long> ids = atOnce(8, () -> store.add(request, 0).id());

            assertThat(ids).hasSize(1);
            assertThat(store.live(uid)).hasSize(1);
            assertThat(store.files(ids.iterator().next())).hasSize(20);
        }
    }

    @Test
    void differentRequestsAtOnceGetDifferentNumbers() throws Exception {
        AtomicInteger next = new AtomicInteger();

        Set<Long> ids = atOnce(16, () -> add("uid-" + next.getAndIncrement()).id());

        assertThat(ids).hasSize(16);
    }

    @Test
    void whatTheFilesTakeInMemoryIsKnownBeforeTheyAreRead() {
        Cart cart = store.add(
                new CartRequest(
                        "memory",
                        false,
                        List.of(
                                CartRequest.Item.of("ascii", "a/b", "md5", "00"),
                                CartRequest.Item.of("22", "€/ü", "sha1", ""))),
                0);
        assertThat(store.memory(cart.id())).isEqualTo(Memory.ofFiles(2, "ascii".length() + 3 + 3 + 2 + 2 + 2 * 3 + 4));
    }

    @Test
    void anUnknownUidHasNoCarts() {
        add("one");

        assertThat(store.live("On_")).isEmpty();
        assertThat(store.live("../../x\n%")).isEmpty();
        assertThat(store.memory(4711)).isZero();
        assertThat(store.files(4711)).isEmpty();
    }

    @Test
    void deletedCartsAreForgottenInTimeIfNothingIsLeftOfThem() {
        long gone = add("gone").id();
        long left = add("left").id();
        add("live");
        store.delete("gone");
        store.delete("left");
        store.claim(gone);
        store.removed(gone);
        assertThat(store.forget(now)).isZero();
        later();

        store.forget(now);

        assertThat(store.deleted(10)).extracting(Cart::id).containsExactly(left);
        assertThat(store.files(gone)).isEmpty();
        assertThat(store.claim(left)).isPresent();
        assertThat(store.live("live")).hasSize(1);
        assertThat(add("next").id()).isGreaterThan(left);
    }

    @Test
    void theLastDeletedCartsAreRemembered() {
        add("one");
        long two = add("two").id();
        long three = add("three").id();
        store.delete("three");
        later();
        store.delete("two");

        assertThat(store.deleted(10)).extracting(Cart::id).containsExactly(two, three);
        assertThat(store.deleted(1)).extracting(Cart::id).containsExactly(two);
    }

    @Test
    void deleteTakesAllCartsOfTheUidWhateverTheirState() {
        Cart failed = claim(add("one"));
        store.move(failed, CartStatus.ERROR, "no", "");
        Cart ready = ready(add("one"));
        Cart waiting = store.add(request("one", true, 1), 0);
        Cart other = add("other");

        assertThat(store.delete("one")).containsExactlyInAnyOrder(failed.id(), ready.id(), waiting.id());

        assertThat(store.live("one")).isEmpty();
        assertThat(store.live("other")).containsExactly(other);
        assertThat(store.delete("one")).isEmpty();
    }

    @Test
    void aReplacedCartIsInErrorAndHasANewerOne() {
        Cart claim = claim(add("one"));

        Cart next = store.replace(claim, "no", request("one", false, 1), claim.id() + 10)
                .orElseThrow();

        assertThat(next.id()).isGreaterThan(claim.id() + 10);
        assertThat(next.status()).isEqualTo(CartStatus.WAITING);
        assertThat(store.files(next.id())).hasSize(1);
        assertThat(store.live("one")).extracting(Cart::status).containsExactly(CartStatus.WAITING, CartStatus.ERROR);
    }

    @Test
    void whatIsNoLongerClaimedIsNotReplaced() {
        Cart overtaken = claim(add("one"));
        Cart claim = claim(overtaken);

        assertThat(store.replace(overtaken, "no", request("one", false, 2), 0)).isEmpty();

        assertThat(store.live("one")).containsExactly(claim);
        store.delete("one");
        assertThat(store.replace(claim, "no", request("one", false, 1), 0)).isEmpty();
        assertThat(store.live("one")).isEmpty();
    }

    @Test
    void aClaimRaisesTheEpochAndTakesUpAWaitingCart() {
        Cart cart = add("one");
        later();

        Cart first = claim(cart);
        Cart second = claim(cart);

        assertThat(first.status()).isEqualTo(CartStatus.STAGING);
        assertThat(first.updated()).isEqualTo(now);
        assertThat(first.epoch()).isGreaterThan(cart.epoch());
        assertThat(second.epoch()).isGreaterThan(first.epoch());
        assertThat(store.live("one")).containsExactly(second);
    }

    @Test
    void aBundlingCartIsClaimedAsItIs() {
        Cart claim = claim(add("one"));
        store.move(claim, CartStatus.BUNDLING, "", "");

        assertThat(claim(claim).status()).isEqualTo(CartStatus.BUNDLING);
    }

    @Test
    void thereIsNothingToClaimOfWhatIsDone() {
        Cart ready = ready(add("ready"));
        Cart failed = claim(add("failed"));
        store.move(failed, CartStatus.ERROR, "no", "");

        assertThat(store.claim(ready.id())).isEmpty();
        assertThat(store.claim(failed.id())).isEmpty();
        assertThat(store.claim(4711)).isEmpty();
    }

    @Test
    void aDeletedCartIsClaimedUntilItIsRemoved() {
        Cart cart = add("one");
        store.removed(cart.id());
        store.delete("one");

        Cart claim = claim(cart);
        assertThat(claim.status()).isEqualTo(CartStatus.DELETED);
        assertThat(store.record(claim, List.of())).isTrue();

        store.removed(cart.id());
        assertThat(store.claim(cart.id())).isEmpty();
    }

    @Test
    void filesAreRecorded() {
        Cart claim = claim(store.add(request("one", false, 4), 0));
        List<CartFile> before = store.files(claim.id());
        List<CartFile> after = new ArrayList<>(before);
        after.set(
                0,
                before.get(0).asked(1234).seen(Long.MAX_VALUE, 1473806059, true).staged());
        after.set(1, before.get(1).failed("gone\u00e9"));
        after.set(3, before.get(3).asked(99).seen(0, 0, false).triedAgain().triedAgain());

        assertThat(store.record(claim, List.of(after.get(0), after.get(1), after.get(3))))
                .isTrue();

        assertThat(store.files(claim.id())).containsExactlyElementsOf(after);
    }

    @Test
    void aCrcIsRecordedWithItsFileAndStays() {
        Cart claim = claim(store.add(request("one", false, 3), 0));
        List<CartFile> files = store.files(claim.id());
        CartFile good = files.get(0).asked(1).seen(3, 4, true).staged().withCrc(0xffff_ffffL);
        CartFile lost = files.get(1).asked(1).seen(3, 4, true).staged().withCrc(0);
        assertThat(store.record(claim, List.of(good, lost))).isTrue();
        assertThat(store.files(claim.id())).containsExactly(good, lost, files.get(2));
        assertThat(store.record(claim, List.of(lost.lost()))).isTrue();

        Cart ready = moved(newest("one"), CartStatus.BUNDLING);
        assertThat(store.move(ready, CartStatus.READY, "", "/srv/1")).isTrue();
        assertThat(store.restage(newest("one"))).isTrue();

        assertThat(store.files(claim.id()))
                .containsExactly(good, files.get(1).withCrc(0), files.get(2))
                .extracting(CartFile::hasCrc)
                .containsExactly(true, true, false);
    }

    @Test
    void receiptsAreRecordedAndStayUntilTheyAreTakenAway() {
        Cart claim = claim(store.add(request("one", false, 4), 0));
        store.add(request("two", false, 4), 0);
        List<CartFile> files = store.files(claim.id());
        List<CartFile> recalled = List.of(
                files.get(0).asked(1).recalled("r-1"),
                files.get(2).asked(1).recalled("é".repeat(500)),
                files.get(3).asked(1).recalled("r-1"));
        assertThat(store.recalled(claim.id(), 0, 10)).isEmpty();
        assertThat(store.record(claim, recalled)).isTrue();

        assertThat(store.recalled(claim.id(), 0, 10)).containsExactlyElementsOf(recalled);
        assertThat(store.recalled(claim.id(), 0, 2)).containsExactlyElementsOf(recalled.subList(0, 2));
        assertThat(store.recalled(claim.id(), files.get(0).id(), 10)).containsExactlyElementsOf(recalled.subList(1, 3));
        assertThat(store.recalled(claim.id(), files.get(3).id(), 10)).isEmpty();
        assertThat(store.recalled(claim.id() + 1, 0, 10)).isEmpty();
        assertThat(store.memory(claim.id())).isGreaterThan(store.memory(claim.id() + 1) + 500);

        assertThat(store.record(claim, List.of(recalled.get(2).released()))).isTrue();
        assertThat(store.move(newest("one"), CartStatus.ERROR, "broken", "")).isTrue();
        assertThat(store.restage(newest("one"))).isTrue();
        assertThat(store.recalled(claim.id(), 0, 10))
                .extracting(CartFile::receipt)
                .containsExactly("r-1", "é".repeat(500));

        store.delete("one");
        assertThat(store.recalled(claim.id(), 0, 10)).hasSize(2);
    }

    @Test
    void missingCrcsAreRecordedWithoutAClaimAndAreNoUse() {
        Cart cart = store.add(request("one", false, 3), 0);
        Cart other = store.add(request("two", false, 1), 0);
        List<CartFile> files = store.files(cart.id());
        Cart ready = ready(cart);
        later();

        store.recordSums(
                cart.id(),
                List.of(
                        files.get(0).withCrc(17),
                        files.get(1),
                        files.get(2).failed(ANY).withCrc(0x8000_0000L),
                        store.files(other.id()).get(0).withCrc(1)));
        store.recordSums(cart.id(), List.of());
        store.recordSums(77, files);

        assertThat(store.files(cart.id()))
                .containsExactly(
                        files.get(0).withCrc(17), files.get(1), files.get(2).withCrc(0x8000_0000L));
        assertThat(store.files(other.id())).noneMatch(CartFile::hasCrc);
        assertThat(newest("one")).isEqualTo(ready);
    }

    @Test
    void aSha256IsRecordedWithItsFileOrWithoutAClaimAndStays() {
        Optional<String> one = Optional.of("0123456789abcdef".repeat(4));
        Optional<String> other = Optional.of("f".repeat(64));
        Cart claim = claim(store.add(request("one", false, 3), 0));
        List<CartFile> files = store.files(claim.id());
        CartFile good = files.get(0).asked(1).seen(3, 4, true).staged().withSha256(one);
        long before = store.memory(claim.id());
        assertThat(store.record(claim, List.of(good))).isTrue();
        store.recordSums(
                claim.id(),
                List.of(files.get(1).withSha256(other).withCrc(5), files.get(2).withCrc(6)));
        store.recordSums(
                claim.id(), List.of(files.get(0).withCrc(7), files.get(2).withSha256(one)));

        assertThat(store.files(claim.id()))
                .containsExactly(
                        good.withCrc(7),
                        files.get(1).withSha256(other).withCrc(5),
                        files.get(2).withCrc(6).withSha256(one));
        assertThat(store.memory(claim.id())).isEqualTo(before + 3 * Memory.OF_SHA256);
        assertThat(store.record(claim, List.of(good.lost()))).isTrue();
        assertThat(store.files(claim.id()).get(0).sha256()).isEqualTo(one);
    }

    @Test
    void thousandsOfFilesAreRecordedAtOnce() {
        Cart claim = claim(store.add(request("one", false, 5000), 0));
        List<CartFile> after = store.files(claim.id()).stream()
                .map(file -> file.asked(7).seen(file.id(), 1, true).staged())
                .toList();

        assertThat(store.record(claim, after)).isTrue();

        assertThat(store.files(claim.id())).containsExactlyElementsOf(after);
    }

    @Test
    void progressAndWhatACartWaitsForAreRecorded() {
        Cart claim = claim(add("one"));
        Progress progress = new Progress(1, 1, 20_000_000_000L, 10_000_000_000L);
        for (Wait.Kind kind : Wait.Kind.values()) {
            Wait wait = new Wait(
                    kind,
                    Instant.parse("2026-10-25T00:30:00.789Z"),
                    Duration.ofMillis(61_002),
                    Optional.of(Duration.ofDays(400)),
                    "file d/ä\u2028b.txt");
            Standstill standstill = new Standstill(Duration.ofDays(3), now, Optional.of(wait));

            assertThat(store.record(claim.with(progress).with(standstill), List.of()))
                    .isTrue();
            assertThat(newest("one").progress()).isEqualTo(progress);
            assertThat(newest("one").standstill()).isEqualTo(standstill);
        }
        Cart again = claim(claim);
        assertThat(again.progress()).isEqualTo(progress);

        assertThat(store.record(again.with(again.standstill().withoutWait()), List.of()))
                .isTrue();
        assertThat(newest("one").standstill()).isEqualTo(new Standstill(Duration.ofDays(3), now, Optional.empty()));
    }

    @Test
    void aClaimCountsTheTimeSinceTheLastOneUpToABound() {
        Cart first = claim(add("one"));
        assertThat(first.standstill().stalled()).isZero();
        Wait wait = Wait.begins(Wait.Kind.TAPE, now, "");
        store.record(first.with(new Standstill(Duration.ofSeconds(5), now, Optional.of(wait))), List.of());

        now = now.plusSeconds(30);
        assertStands(claim(first), Duration.ofSeconds(35), Duration.ofSeconds(30));
        now = now.plus(Duration.ofDays(3));
        assertStands(
                claim(first),
                Duration.ofSeconds(35).plus(Standstill.GAP),
                Duration.ofSeconds(30).plus(Standstill.GAP));
        now = now.minus(Duration.ofDays(400));
        assertStands(
                claim(first),
                Duration.ofSeconds(35).plus(Standstill.GAP),
                Duration.ofSeconds(30).plus(Standstill.GAP));
    }

    private void assertStands(Cart cart, Duration stalled, Duration waited) {
        assertThat(cart.standstill().stalled()).isEqualTo(stalled);
        assertThat(cart.standstill().waitsFor()).map(Wait::waited).contains(waited);
        assertThat(cart.standstill().counted()).isEqualTo(now.truncatedTo(ChronoUnit.MILLIS));
        assertThat(newest("one").standstill()).isEqualTo(cart.standstill());
    }

    @Test
    void countedTimeAloneIsRecordedNowAndThen() {
        Cart claim = claim(add("one"));
        Standstill before = claim.standstill();

        assertThat(store.record(claim.with(before.count(now.plusSeconds(29))), List.of()))
                .isTrue();
        assertThat(newest("one").standstill().stalled())
                .isIn(Duration.ZERO, Duration.ofSeconds(29)); // A store in memory writes nothing down.
        assertThat(store.record(claim.with(before.count(now.plusSeconds(30))), List.of()))
                .isTrue();
        assertThat(newest("one").standstill().stalled()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void aStandstillEndsWithAMoveARepairAndADeletion() {
        Cart claim = claim(add("one"));
        Wait wait = Wait.begins(Wait.Kind.VOLUME, now, "no room");
        Standstill standstill = new Standstill(Duration.ofSeconds(5), now, Optional.of(wait));
        store.record(claim.with(standstill), List.of());

        store.move(claim, CartStatus.ERROR, "why", "");
        assertThat(newest("one").standstill()).isEqualTo(standstill.ended());
        store.restage(newest("one"));
        assertThat(newest("one").standstill()).isEqualTo(standstill.ended());
        store.record(claim(claim).with(standstill), List.of());
        store.delete("one");
        assertThat(store.claim(claim.id()).orElseThrow().standstill()).isEqualTo(standstill.ended());
    }

    @Test
    void recordingFilesCountsAsAChangeAndProgressAloneDoesNot() {
        Cart claim = claim(add("one"));
        Instant before = newest("one").updated();
        now = now.plusSeconds(60);
        store.record(
                claim.with(new Standstill(Duration.ZERO, now, Optional.of(Wait.begins(Wait.Kind.TAPE, now, "")))),
                List.of());
        assertThat(newest("one").updated()).isEqualTo(before);
        store.record(claim, List.of(store.files(claim.id()).get(0).asked(1)));
        assertThat(newest("one").updated()).isEqualTo(now);
    }

    @Test
    void itIsTheFirstClaimThatStartsTheClockAndNoUseStopsIt() {
        Cart added = add("one");
        now = now.plusSeconds(60);
        Cart claim = claim(added);
        assertThat(claim.standstill().stalled()).isZero();
        assertThat(claim.standstill().counted()).isEqualTo(now.truncatedTo(ChronoUnit.MILLIS));
        now = now.plusSeconds(60);
        add("one");
        store.space().pin(claim.id(), 0, now);
        assertThat(claim(claim).standstill().stalled()).isEqualTo(Duration.ofSeconds(60));
        assertThat(newest("one").updated()).isEqualTo(now);
    }

    @Test
    void anOldClaimWritesNothing() {
        Cart old = claim(store.add(request("one", false, 2), 0));
        Cart current = claim(old);
        List<CartFile> files = store.files(old.id());
        Progress progress = new Progress(2, 2, 5, 5);

        assertThat(store.record(old.with(progress), List.of(files.get(0).failed("no"))))
                .isFalse();
        assertThat(store.record(old, List.of())).isFalse();
        assertThat(store.move(old, CartStatus.ERROR, "no", "")).isFalse();

        assertThat(store.live("one")).containsExactly(current);
        assertThat(store.files(old.id())).isEqualTo(files);
        assertThat(store.record(current, List.of())).isTrue();
    }

    @Test
    void aClaimEndsWhenTheCartIsDeleted() {
        Cart claim = claim(add("one"));
        List<CartFile> files = store.files(claim.id());
        store.delete("one");

        assertThat(store.record(claim, List.of())).isFalse();
        assertThat(store.record(claim, List.of(files.get(0).failed("no")))).isFalse();
        assertThat(store.move(claim, CartStatus.BUNDLING, "", "")).isFalse();
        assertThat(store.move(claim, CartStatus.ERROR, "no", "")).isFalse();
    }

    @Test
    void aReadyCartSaysWhereItIs() {
        Cart claim = claim(add("one"));
        store.move(claim, CartStatus.BUNDLING, "", "");
        later();

        assertThat(store.move(newest("one"), CartStatus.READY, "", "/srv/cartd/1/one"))
                .isTrue();

        Cart ready = newest("one");
        assertThat(ready.status()).isEqualTo(CartStatus.READY);
        assertThat(ready.bundlePath()).isEqualTo("/srv/cartd/1/one");
        assertThat(ready.ready())
                .hasValueSatisfying(at -> assertThat(at.toEpochMilli()).isEqualTo(now.toEpochMilli()));
        assertThat(ready.updated()).isEqualTo(now);
    }

    @Test
    void aDamagedCartKeepsItsPathAndTellsTheReason() {
        Cart ready = ready(add("one"));
        later();

        assertThat(store.move(ready, CartStatus.ERROR, "file a is gone", "")).isTrue();

        Cart failed = newest("one");
        assertThat(failed.status()).isEqualTo(CartStatus.ERROR);
        assertThat(failed.reason()).isEqualTo("file a is gone");
        assertThat(failed.bundlePath()).isEqualTo(ready.bundlePath());
        assertThat(failed.ready()).isEqualTo(ready.ready());
        assertThat(failed.updated()).isEqualTo(now);
    }

    @Test
    void aMoveClearsTheReason() {
        Cart claim = claim(add("one"));
        store.move(claim, CartStatus.ERROR, "no", "");

        assertThat(store.move(newest("one"), CartStatus.STAGING, "", "")).isTrue();

        assertThat(newest("one").reason()).isEmpty();
        assertThat(newest("one").status()).isEqualTo(CartStatus.STAGING);
    }

    @Test
    void aMoveIsFromTheStateThatItWasToldOnly() {
        Cart claim = claim(add("one"));
        assertThat(store.move(claim, CartStatus.BUNDLING, "", "")).isTrue();

        assertThat(store.move(claim, CartStatus.BUNDLING, "", "")).isFalse();
        assertThat(store.move(claim, CartStatus.ERROR, "no", "")).isFalse();

        assertThat(newest("one").status()).isEqualTo(CartStatus.BUNDLING);
    }

    @ParameterizedTest
    @EnumSource(names = {"STAGING", "BUNDLING"})
    void aCartIsFinishedWithItsLastChanges(CartStatus status) {
        Cart claim = claim(add("one"));
        CartFile file = store.files(claim.id()).get(0).asked(1).seen(3, 4, true);
        Wait.Kind tape = Wait.Kind.TAPE;
        Cart waits = claim.with(claim.standstill().waitingFor(tape, "it", now, Optional.empty(), Duration.ofDays(1)));
        assertThat(store.record(waits.with(Durability.sinceThisBoot()), List.of(file)))
                .isTrue();
        Cart last = status == CartStatus.BUNDLING ? moved(newest("one"), status) : newest("one");
        later();

        Cart done = last.with(new Progress(1, 1, OptionalLong.of(3), 3));
        assertThat(store.finish(
                        done.holding(8).with(Durability.SYNCED), List.of(file.staged()), "No symlink: it", "/srv/one"))
                .isTrue();

        Cart ready = newest("one");
        assertThat(ready.status()).isEqualTo(CartStatus.READY);
        assertThat(ready.ready().map(at -> at.truncatedTo(ChronoUnit.MILLIS)))
                .contains(now.truncatedTo(ChronoUnit.MILLIS));
        assertThat(ready.updated()).isEqualTo(now);
        assertThat(ready.reason()).isEqualTo("No symlink: it");
        assertThat(ready.bundlePath()).isEqualTo("/srv/one");
        assertThat(ready.progress()).isEqualTo(done.progress());
        assertThat(ready.held()).isEqualTo(8);
        assertThat(ready.durability()).isEqualTo(Durability.SYNCED);
        assertThat(ready.standstill().waitsFor()).isEmpty();
        assertThat(store.files(ready.id())).containsExactly(file.staged());
        assertThat(store.claim(ready.id())).isEmpty();
    }

    @Test
    void onlyWhoHasTheClaimFinishes() {
        Cart claim = claim(add("one"));
        CartFile file = store.files(claim.id()).get(0);
        Cart again = claim(claim);

        assertThat(store.finish(claim, List.of(file.asked(1)), "", "/srv/one")).isFalse();

        assertThat(newest("one").status()).isEqualTo(CartStatus.STAGING);
        assertThat(store.files(claim.id())).containsExactly(file);
        store.delete("one");
        assertThat(store.finish(again, List.of(file.asked(1)), "", "/srv/one")).isFalse();
        assertThat(store.live("one")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"WAITING", "READY", "ERROR", "DELETED"})
    void onlyWhatIsInWorkIsFinished(CartStatus status) {
        Cart claim = claim(add("one")).withStatus(status);

        assertThatThrownBy(() -> store.finish(claim, List.of(), "", "/srv/one"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aCartThatIsMovedToDeletedIsNotSeenAndIsClaimedForItsFiles() {
        Cart ready = ready(add("one"));

        assertThat(store.move(ready, CartStatus.DELETED, "", "")).isTrue();

        assertThat(store.live("one")).isEmpty();
        assertThat(store.claim(ready.id()))
                .hasValueSatisfying(claim -> assertThat(claim.status()).isEqualTo(CartStatus.DELETED));
    }

    @Test
    void liveCartsAreListedNewestFirstAPageAtATime() {
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            ids.add(0, add("cart" + i / 2).id());
            store.live("cart" + i / 2).forEach(this::failed); // So that the next of its uid is another.
        }
        store.delete("cart1");
        ids.removeAll(List.of(ids.get(3), ids.get(4)));

        assertThat(store.live()).extracting(Cart::id).containsExactlyElementsOf(ids);
        assertThat(store.live(Long.MAX_VALUE, 2)).extracting(Cart::id).containsExactlyElementsOf(ids.subList(0, 2));
        assertThat(store.live(ids.get(1), 2)).extracting(Cart::id).containsExactlyElementsOf(ids.subList(2, 4));
        assertThat(store.live(ids.get(4), 2)).isEmpty();
    }

    @Test
    void moreCartsThanAPageHoldsAreListed() {
        for (int i = 0; i < 501; i++) {
            add("cart" + i);
        }
        assertThat(store.live())
                .extracting(Cart::uid)
                .hasSize(501)
                .startsWith("cart500")
                .endsWith("cart0");
    }

    @Test
    void aReadyCartIsStagedAgainAndTrustsNothing() {
        Cart claim = claim(store.add(request("one", true, 2), 0));
        List<CartFile> files = store.files(claim.id());
        CartFile good = files.get(0).asked(1).seen(3, 4, true).staged();
        CartFile old = files.get(1).asked(1).staged();
        store.record(claim, List.of(good, old));
        Cart bundling = moved(newest("one"), CartStatus.BUNDLING);
        store.move(bundling, CartStatus.READY, "", "/srv/1");
        Cart ready = newest("one");
        later();

        assertThat(store.restage(ready)).isTrue();

        Cart again = newest("one");
        assertThat(again.status()).isEqualTo(CartStatus.STAGING);
        assertThat(again.durability()).isEqualTo(Durability.UNPROVEN);
        assertThat(again.bundlePath()).isEqualTo("/srv/1");
        assertThat(again.updated()).isEqualTo(now);
        assertThat(again.standstill().stalled()).isZero();
        assertThat(store.files(claim.id())).containsExactly(good, files.get(1));
        assertThat(store.restage(ready)).isFalse();
        assertThat(store.claim(claim.id())).isPresent();
    }

    @Test
    void aCartInErrorBeginsAnewWithWhatItLacks() {
        Cart claim = claim(store.add(request("one", false, 3), 0));
        List<CartFile> files = store.files(claim.id());
        CartFile good = files.get(0).asked(1).seen(3, 4, true).staged();
        CartFile bad = files.get(1).asked(1).seen(3, 4, true).triedAgain().failed("no");
        CartFile half = files.get(2).asked(1).seen(3, 4, true).triedAgain();
        store.record(
                claim.with(new Standstill(Duration.ZERO, now, Optional.of(Wait.begins(Wait.Kind.ARCHIVE, now, "")))),
                List.of(good, bad, half));
        Cart failed = failed(newest("one"));

        assertThat(store.restage(failed)).isTrue();

        Cart again = newest("one");
        assertThat(again.status()).isEqualTo(CartStatus.STAGING);
        assertThat(again.reason()).isEmpty();
        assertThat(again.standstill().waitsFor()).isEmpty();
        assertThat(store.files(claim.id())).containsExactly(good, files.get(1), files.get(2));
    }

    @Test
    void aCartThatIsReadyAgainKeepsItsDate() {
        Cart ready = ready(add("one"));
        later();
        store.restage(ready);
        ready(newest("one"));
        assertThat(newest("one").ready()).isEqualTo(ready.ready());
    }

    @ParameterizedTest
    @EnumSource(names = {"WAITING", "STAGING", "BUNDLING", "DELETED"})
    void onlyWhatIsReadyOrInErrorIsStagedAgain(CartStatus from) {
        Cart cart = reach(from);
        assertThatThrownBy(() -> store.restage(cart)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource(CartStatus.class)
    void onlyMovesOfTheTableAreAllowed(CartStatus from) {
        Cart cart = reach(from);
        for (CartStatus next : CartStatus.values()) {
            if (!from.mayBecome(next)) {
                assertThatThrownBy(() -> store.move(cart, next, "", ""))
                        .as("%s to %s", from, next)
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
        List<CartStatus> expected = from == CartStatus.DELETED ? List.of() : List.of(from);
        assertThat(store.live("reach")).extracting(Cart::status).isEqualTo(expected);
    }

    @Test
    void aCartIsClaimedByOneOfManyAtATime() throws Exception {
        Cart cart = add("one");

        Set<Long> epochs = atOnce(8, () -> store.claim(cart.id()).orElseThrow().epoch());

        assertThat(epochs).hasSize(8);
        assertThat(newest("one").epoch())
                .isEqualTo(epochs.stream().mapToLong(e -> e).max().orElseThrow());
    }

    private Cart reach(CartStatus status) {
        Cart cart = add("reach");
        return switch (status) {
            case WAITING -> cart;
            case STAGING -> claim(cart);
            case BUNDLING -> moved(claim(cart), CartStatus.BUNDLING);
            case READY -> ready(cart);
            case ERROR -> moved(claim(cart), CartStatus.ERROR);
            case DELETED -> {
                store.delete("reach");
                yield claim(cart);
            }
        };
    }

    private Cart moved(Cart cart, CartStatus next) {
        assertThat(store.move(cart, next, next == CartStatus.ERROR ? ANY : "", ""))
                .isTrue();
        return newest(cart.uid());
    }

    private Cart failed(Cart cart) {
        if (cart.status() == CartStatus.ERROR) {
            return cart;
        }
        return moved(cart.status() == CartStatus.WAITING ? claim(cart) : cart, CartStatus.ERROR);
    }

    private Cart ready(Cart cart) {
        Cart bundling = moved(claim(cart), CartStatus.BUNDLING);
        assertThat(store.move(bundling, CartStatus.READY, "", "/srv/" + cart.id()))
                .isTrue();
        return newest(cart.uid());
    }

    private Cart claim(Cart cart) {
        return store.claim(cart.id()).orElseThrow();
    }

    private Cart newest(String uid) {
        return store.live(uid).get(0);
    }

    private Cart add(String uid) {
        return store.add(request(uid, false, 1), 0);
    }

    private void later() {
        now = now.plus(Duration.ofSeconds(90));
    }

    private static CartRequest request(String uid, boolean bundle, int files) {
        return new CartRequest(
                uid,
                bundle,
                IntStream.range(0, files)
                        .mapToObj(i -> CartRequest.Item.of("id-" + i, "d/" + i, "md5", MD5))
                        .toList());
    }

    private static List<String> paths(int files) {
        return LongStream.range(0, files).mapToObj(i -> "d/" + i).toList();
    }

    private static <T> Set<T> atOnce(int threads, Callable<T> work) throws Exception {
        return Set.copyOf(all(threads, work));
    }

    private static <T> List<T> all(int threads, Callable<T> work) throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<T>> futures = IntStream.range(0, threads)
                    .mapToObj(i -> pool.submit(() -> {
                        barrier.await(30, TimeUnit.SECONDS);
                        return work.call();
                    }))
                    .toList();
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get(60, TimeUnit.SECONDS));
            }
            return results;
        } finally {
            pool.shutdownNow();
        }
    }
}
