package dev.cartd.store.notices;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartRequest.Item;
import dev.cartd.cart.CartStatus;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.Notice;
import dev.cartd.spi.Notice.Event;
import dev.cartd.spi.Notices;
import dev.cartd.store.Database;
import dev.cartd.store.DatabaseConfig;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What {@link Notices} promise, and what the store records for them. */
abstract class NoticesContract {
    private static final String HOOK = "https://hooks.example.org/a?b=c";
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private volatile Instant now = Instant.parse("2026-11-25T12:00:00.123Z");
    private DatabaseConfig config;
    private Database database;
    private CartStore store;
    private Notices notices;

    /** A database with tables and without carts. */
    abstract DatabaseConfig config() throws Exception;

    @BeforeEach
    void open() throws Exception {
        config = config();
        open(Set.of());
    }

    private void open(Set<String> receivers) {
        if (database != null) {
            database.close();
        }
        InstantSource clock = () -> now;
        database = Database.open(config.withReceivers(receivers), clock);
        store = database.store();
        notices = database.notices();
    }

    @AfterEach
    void close() {
        database.close();
    }

    private Cart staging(String uid) {
        Item file = Item.of("a", "a", "md5", "acbd18db4cc2f85cedef654fccc4a4d8");
        return store.claim(
                        store.add(new CartRequest(uid, false, List.of(file)), 0).id())
                .orElseThrow();
    }

    private Cart ready(String uid) {
        Cart cart = staging(uid);
        assertThat(store.finish(cart, List.of(), "", "/v/" + cart.id())).isTrue();
        return cart;
    }

    private List<String> due() {
        return notices.due(100).stream()
                .map(notice -> notice.event().word() + " " + notice.uid() + " " + notice.receiver())
                .toList();
    }

    @Test
    void nobodyIsToldUnlessSomebodyWantsIt() {
        ready("x");
        store.move(staging("y"), CartStatus.ERROR, "no", "");
        assertThat(notices.list(10)).isEmpty();
    }

    @Test
    void theReceiversOfTheConfigurationAreToldOfEachEnd() {
        open(Set.of(Notice.URL, Notice.COMMAND));
        Cart cart = ready("x");
        assertThat(due()).containsExactlyInAnyOrder("ready x url", "ready x command");
        Notice notice = notices.due(1).get(0);
        assertThat(notice.cart()).isEqualTo(cart.id());
        assertThat(notice.happened()).isEqualTo(now);
        assertThat(notice.files()).isEqualTo(1);
        assertThat(notice.host()).isEqualTo(notice.receiver());
        assertThat(notice.tries()).isZero();

        now = now.plusSeconds(1);
        store.move(staging("y"), CartStatus.ERROR, "no such file", "");
        assertThat(notices.list(10))
                .filteredOn(other -> other.event() == Event.FAILED)
                .hasSize(2)
                .allMatch(other -> other.uid().equals("y") && other.reason().equals("no such file"));
    }

    @Test
    void theEvictionOfAReadyCartIsTold() {
        open(Set.of(Notice.URL));
        Cart cart = ready("x");
        notices.due(10).forEach(notices::sent);
        Cart stored = store.live("x").get(0);
        assertThat(store.space().evict(cart.id(), stored.updated(), "evicted: full"))
                .isTrue();
        assertThat(due()).containsExactly("evicted x url");
        assertThat(notices.due(10).get(0).reason()).isEqualTo("evicted: full");
        assertThat(store.space().evict(cart.id(), stored.updated(), "again")).isFalse();

        notices.due(10).forEach(notices::sent);
        Cart failed = staging("y");
        store.move(failed, CartStatus.ERROR, "no", "");
        notices.due(10).forEach(notices::sent);
        assertThat(store.space().evict(failed.id(), store.live("y").get(0).updated(), "full"))
                .isTrue();
        store.delete("x");
        assertThat(notices.list(10)).isEmpty();
    }

    @Test
    void whatIsNotRecordedIsNotTold() {
        open(Set.of(Notice.URL));
        Cart old = staging("x");
        assertThat(store.claim(old.id())).isPresent();
        assertThat(store.finish(old, List.of(), "", "/v/1")).isFalse();
        assertThat(store.move(old, CartStatus.ERROR, "no", "")).isFalse();
        assertThat(notices.list(10)).isEmpty();
    }

    @Test
    void aUrlIsToldOfItsCartOnly() {
        Cart cart = staging("x");
        assertThat(notices.tell(cart.id(), HOOK)).isTrue();
        assertThat(notices.tell(cart.id(), HOOK)).isTrue();
        ready("y");
        assertThat(notices.list(10)).isEmpty();
        store.finish(cart, List.of(), "", "/v/1");
        assertThat(due()).containsExactly("ready x " + HOOK);
        assertThat(notices.due(10).get(0).host()).isEqualTo("hooks.example.org");
    }

    @Test
    void aUrlIsToldAtOnceOfACartThatHasEnded() {
        Cart ready = ready("x");
        assertThat(notices.tell(ready.id(), HOOK)).isTrue();
        assertThat(due()).containsExactly("ready x " + HOOK);
        notices.due(10).forEach(notices::sent);
        assertThat(notices.tell(ready.id(), HOOK)).isTrue();
        assertThat(due()).as("asked again").containsExactly("ready x " + HOOK);
        notices.due(10).forEach(notices::sent);
        store.delete("x");
        assertThat(notices.tell(ready.id(), HOOK)).isTrue();
        assertThat(due()).containsExactly("evicted x " + HOOK);
    }

    @Test
    void whoAsksAgainGetsNoSecondNoticeWhileOneWaits() {
        Cart ready = ready("x");
        assertThat(notices.tell(ready.id(), HOOK)).isTrue();
        Notice first = notices.due(10).get(0);
        assertThat(notices.tell(ready.id(), HOOK)).isTrue();
        Notice claimed = notices.claim(first, MINUTE).orElseThrow();
        assertThat(notices.tell(ready.id(), HOOK)).isTrue();
        assertThat(notices.list(10))
                .singleElement()
                .satisfies(notice -> assertThat(notice.id()).isEqualTo(first.id()));
        notices.failed(claimed, "gone", Optional.empty());
        assertThat(notices.tell(ready.id(), HOOK)).isTrue();
        assertThat(due()).as("asked after the first was given up").containsExactly("ready x " + HOOK);
    }

    @Test
    void whicheverComesFirstAUrlIsTold() throws Exception {
        for (int i = 0; i < 20; i++) {
            Cart cart = staging("x" + i);
            CompletableFuture<Boolean> end =
                    CompletableFuture.supplyAsync(() -> store.finish(cart, List.of(), "", "/v/" + cart.id()));
            assertThat(notices.tell(cart.id(), HOOK)).isTrue();
            assertThat(end.get()).isTrue();
        }
        assertThat(notices.list(100)).hasSize(20);
    }

    @Test
    void aCartHasABoundedNumberOfUrls() {
        Cart cart = staging("x");
        for (int i = 0; i < Notices.MOST_URLS; i++) {
            assertThat(notices.tell(cart.id(), HOOK + i)).isTrue();
        }
        assertThat(notices.tell(cart.id(), HOOK)).isFalse();
        assertThat(notices.tell(cart.id(), HOOK + 1)).isTrue();
        assertThatThrownBy(() -> notices.tell(cart.id(), "mailto:x")).isInstanceOf(IllegalArgumentException.class);
        store.finish(cart, List.of(), "", "/v/1");
        assertThat(notices.list(100)).hasSize(Notices.MOST_URLS);
        assertThat(notices.due(100)).as("of one host").hasSize(Notices.MOST_FOR_ONE);
    }

    @Test
    void aCartThatIsMadeAnewIsToldOfOnce() {
        open(Set.of(Notice.URL));
        Cart old = staging("x");
        notices.tell(old.id(), HOOK);
        Item file = Item.of("a", "a", "md5", "acbd18db4cc2f85cedef654fccc4a4d8");
        Cart next = store.replace(old, "its place is taken", new CartRequest("x", false, List.of(file)), old.id())
                .orElseThrow();
        store.live("x").stream()
                .filter(cart -> cart.id() == old.id())
                .forEach(cart -> assertThat(store.space().evict(cart.id(), cart.updated(), "made anew"))
                        .isTrue());
        assertThat(notices.list(10)).isEmpty();
        store.finish(store.claim(next.id()).orElseThrow(), List.of(), "", "/v/2");
        assertThat(due()).containsExactlyInAnyOrder("ready x url", "ready x " + HOOK);
    }

    @Test
    void aClaimEndsByItself() {
        open(Set.of(Notice.URL));
        ready("x");
        Notice seen = notices.due(10).get(0);
        Notice claimed = notices.claim(seen, MINUTE).orElseThrow();
        assertThat(claimed.tries()).isEqualTo(1);
        assertThat(notices.claim(seen, MINUTE)).isEmpty();
        assertThat(notices.due(10)).isEmpty();
        now = now.plus(MINUTE);
        Notice again = notices.due(10).get(0);
        assertThat(again.id()).isEqualTo(seen.id());
        assertThat(again.tries()).isEqualTo(1);
        Notice second = notices.claim(again, MINUTE).orElseThrow();
        notices.failed(claimed, "late", Optional.empty());
        assertThat(notices.list(10).get(0).failure())
                .as("of who lost its claim")
                .isEmpty();
        notices.sent(second);
        assertThat(notices.list(10)).isEmpty();
    }

    @Test
    void whatFailedComesAgainOrIsGivenUp() {
        open(Set.of(Notice.URL));
        ready("x");
        Notice first = notices.claim(notices.due(10).get(0), MINUTE).orElseThrow();
        notices.failed(first, "away\u0000", Optional.of(MINUTE));
        assertThat(notices.due(10)).isEmpty();
        now = now.plus(MINUTE);
        Notice second = notices.claim(notices.due(10).get(0), MINUTE).orElseThrow();
        assertThat(second.failure()).startsWith("away");
        notices.failed(second, "gone", Optional.empty());
        now = now.plus(Duration.ofDays(1));
        assertThat(notices.due(10)).isEmpty();
        assertThat(notices.list(10)).singleElement().satisfies(given -> {
            assertThat(given.due()).isEmpty();
            assertThat(given.failure()).isEqualTo("gone");
            assertThat(given.tries()).isEqualTo(2);
        });
        assertThat(notices.retry(Set.of("another"))).isZero();
        assertThat(notices.retry(Set.of(second.id()))).isEqualTo(1);
        assertThat(notices.due(10))
                .singleElement()
                .satisfies(due -> assertThat(due.tries()).isZero());
        assertThat(notices.retry(Set.of())).isZero();
    }

    @Test
    void whatWasGivenUpIsForgottenInTime() {
        open(Set.of(Notice.URL));
        ready("x");
        Notice claimed = notices.claim(notices.due(10).get(0), MINUTE).orElseThrow();
        now = now.plus(Duration.ofDays(2));
        assertThat(notices.forget(now)).isZero();
        notices.failed(claimed, "no", Optional.empty());
        assertThat(notices.forget(now.minus(Duration.ofDays(3)))).isZero();
        assertThat(notices.forget(now)).isEqualTo(1);
        assertThat(notices.list(10)).isEmpty();
    }

    @Test
    void aClockThatWasSetBackHoldsNothingUp() {
        open(Set.of(Notice.URL));
        ready("x");
        now = now.minus(Duration.ofDays(1));
        assertThat(notices.due(10)).hasSize(1);
    }

    @Test
    void oneHostDoesNotHoldUpOthers() {
        open(Set.of(Notice.URL));
        List<Cart> carts = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            carts.add(ready("x" + i));
        }
        now = now.plusSeconds(1);
        notices.tell(carts.get(0).id(), HOOK);
        assertThat(notices.due(100)).extracting(Notice::host).containsExactly("url", "url", "hooks.example.org");
        assertThat(notices.due(1)).hasSize(1);
    }

    @Test
    void aHostIsOneHoweverItIsSpelled() {
        Cart cart = ready("x");
        for (String host : List.of("hooks.example.org", "Hooks.example.org", "HOOKS.EXAMPLE.ORG")) {
            assertThat(notices.tell(cart.id(), "https://" + host + "/")).isTrue();
        }
        assertThat(notices.list(10)).hasSize(3).allMatch(notice -> notice.host().equals("hooks.example.org"));
        assertThat(notices.due(10)).hasSize(Notices.MOST_FOR_ONE);
    }

    @Test
    void theUrlsAreForgottenWithTheCart() {
        Cart cart = ready("x");
        notices.tell(cart.id(), HOOK);
        store.delete("x");
        store.removed(cart.id());
        now = now.plus(Duration.ofDays(2));
        assertThat(store.forget(now.minus(Duration.ofDays(1)))).isEqualTo(1);
    }
}
