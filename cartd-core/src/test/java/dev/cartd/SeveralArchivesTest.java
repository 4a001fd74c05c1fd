package dev.cartd;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Wait;
import dev.cartd.local.LocalScheduler;
import dev.cartd.local.OneNode;
import dev.cartd.spi.Archive;
import dev.cartd.spi.NamedArchive;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Carts whose files come from several archives. */
class SeveralArchivesTest {
    @TempDir
    private Path directory;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-22T02:14:00Z"));
    private final ScriptedArchive main = new ScriptedArchive();
    private final ScriptedArchive tape = new ScriptedArchive();
    private Cartd cartd;
    private LocalScheduler scheduler;

    @BeforeEach
    void start() {
        scheduler = new LocalScheduler(16);
        cartd = builder().clock(now::get).scheduler(scheduler).start();
    }

    @AfterEach
    void close() {
        cartd.close();
    }

    private CartdBuilder builder() {
        return Quick.builder(main, directory.resolve("volume")).archive(named("tape", tape));
    }

    private static NamedArchive named(String name, Archive archive) {
        return new NamedArchive(name, archive, new OneNode(), 2, 3, Duration.ofMinutes(10), Duration.ofDays(3));
    }

    private CartRequest.Item onMain(String id) {
        return main.add(id, 1000).item(id, "main/" + id);
    }

    private CartRequest.Item onTape(String id) {
        CartRequest.Item item = tape.add(id, 1000).item(id, "tape/" + id);
        return CartRequest.Item.of(
                "tape:" + id, "tape/" + id, "md5", item.checksum().value());
    }

    private void submit(String uid, CartRequest.Item... items) {
        cartd.submit(new CartRequest(uid, false, List.of(items)));
    }

    private Cart cart(String uid) {
        return cartd.status(uid).orElseThrow();
    }

    private void awaitReady(String... uids) {
        Waiting.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> Stream.of(uids).allMatch(uid -> {
                    scheduler.wake(cart(uid).id());
                    assertThat(cart(uid).status()).as(cart(uid).reason()).isNotEqualTo(CartStatus.ERROR);
                    return cart(uid).status() == CartStatus.READY;
                }));
    }

    private Wait awaitWait(String uid, Wait.Kind kind) {
        Waiting.await().atMost(Duration.ofSeconds(60)).until(() -> {
            scheduler.wake(cart(uid).id());
            return cart(uid).standstill().waitsFor(kind).isPresent();
        });
        return cart(uid).standstill().waitsFor(kind).orElseThrow();
    }

    @Test
    void eachFileComesFromTheArchiveThatItsIdNames() {
        main.add("tapes:a", 10);
        main.add("no archive:a", 20);
        submit("both", onMain("a"), onTape("a"), main.item("tapes:a", "c"), main.item("no archive:a", "d"));
        awaitReady("both");
        assertThat(main.count("pull", "a")).isEqualTo(1);
        assertThat(tape.count("pull", "a")).isEqualTo(1);
        assertThat(main.count("pull", "tapes:a")).isEqualTo(1);
        assertThat(main.count("pull", "no archive:a")).isEqualTo(1);
        assertThat(tape.mostAtOnce()).isLessThanOrEqualTo(2);
    }

    @Test
    void anArchiveThatIsAwayKeepsOnlyItsOwnCartsWaiting() {
        tape.away(true);
        submit("first", onTape("first"));
        awaitWait("first", Wait.Kind.ARCHIVE);
        after(Duration.ofMinutes(1));
        Waiting.await().until(() -> {
            scheduler.wake(cart("first").id());
            return away().contains("archive tape");
        });
        assertThat(away()).containsExactly("archive tape");
        // More than there are threads for steps, and more than may look whether the archive is back.
        for (int i = 0; i < 100; i++) {
            submit("away-" + i, onTape("away-" + i));
        }
        assertThat(awaitWait("away-99", Wait.Kind.ARCHIVE).detail()).isEqualTo("tape: connection refused");
        submit("mixed", onMain("mixed"), onTape("mixed"));
        submit("here", onMain("here"));
        awaitReady("here");
        assertThat(awaitWait("mixed", Wait.Kind.ARCHIVE).detail()).isEqualTo("tape: connection refused");
        assertThat(main.count("status", "mixed"))
                .as("what is there of it is asked for")
                .isPositive();
        tape.away(false);
        awaitReady("mixed", "first", "away-0", "away-50", "away-99");
        assertThat(away()).isEmpty();
    }

    private List<String> away() {
        return cartd.conditions().stream()
                .filter(condition -> condition.away().isPresent())
                .map(Condition::name)
                .toList();
    }

    @Test
    void theMainArchiveMayBeAwayToo() {
        main.away(true);
        submit("mixed", onMain("m"), onTape("m"));
        submit("there", onTape("t"));
        awaitReady("there");
        assertThat(awaitWait("mixed", Wait.Kind.ARCHIVE).detail()).isEqualTo("connection refused");
        main.away(false);
        awaitReady("mixed");
    }

    @Test
    void eachArchiveHasItsOwnPatience() {
        tape.away(true);
        main.away(true);
        submit("tape", onTape("a"));
        submit("main", onMain("b"));
        awaitWait("tape", Wait.Kind.ARCHIVE);
        awaitWait("main", Wait.Kind.ARCHIVE);
        Waiting.await().atMost(Duration.ofSeconds(60)).until(() -> {
            after(Duration.ofMinutes(1));
            scheduler.wake(cart("tape").id());
            return cart("tape").status() == CartStatus.ERROR;
        });
        assertThat(cart("tape").reason())
                .isEqualTo("Failed to stage file tape/a: the archive could not be reached for 10 minutes"
                        + " (tape: connection refused)");
        main.away(false);
        awaitReady("main");
    }

    @Test
    void aMixedCartFailsOnceTheArchiveThatIsAwayHasBeenAwayTooLongThoughTheOtherAnswers() {
        CartRequest.Item onMainTape =
                main.add("m", 100).put("m", Archive.Medium.TAPE).item("m", "m");
        tape.away(true);
        submit("mixed", onMainTape, onTape("m"));
        awaitWait("mixed", Wait.Kind.ARCHIVE);
        Waiting.await().atMost(Duration.ofSeconds(60)).until(() -> {
            after(Duration.ofMinutes(1));
            scheduler.wake(cart("mixed").id());
            return cart("mixed").status() == CartStatus.ERROR;
        });
        assertThat(cart("mixed").reason()).contains("for 30 minutes (tape: connection refused)");
        assertThat(main.count("status", "m")).isGreaterThan(2);
    }

    private void after(Duration time) {
        now.updateAndGet(before -> before.plus(time));
    }

    @Test
    void eachNameIsOfOneArchive() {
        assertThatThrownBy(() -> builder().archive(named("tape", main)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("two archives have the name tape");
        assertThatThrownBy(() -> named("a:b", main)).isInstanceOf(IllegalArgumentException.class);
        assertThat(cartd.requestLimit("tape")).isPositive();
        assertThatThrownBy(() -> cartd.requestLimit("other")).isInstanceOf(IllegalArgumentException.class);
    }
}
