package dev.cartd.cli.print;

import dev.cartd.cart.CartStatus;
import dev.cartd.cart.HumanText;
import dev.cartd.cart.Stray;
import dev.cartd.space.EvictionCandidate;
import dev.cartd.space.SpacePolicy;
import dev.cartd.space.SpaceSettings;
import dev.cartd.space.SpaceSnapshot;
import dev.cartd.spi.SpaceStore.Holder;
import dev.cartd.spi.SpaceStore.Pin;
import dev.cartd.spi.SpaceStore.Waiting;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@code cartd space} shows of a volume of 100 GB, of which 30 are free. */
class SpaceReportTest {
    private static final long GB = 1_000_000_000;
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
    private static final Instant USED = NOW.minus(Duration.ofHours(2));

    private SpaceSettings settings = new SpaceSettings(
            Optional.of(90 * GB),
            5 * GB,
            true,
            Duration.ofMinutes(10),
            Optional.empty(),
            Optional.empty(),
            Duration.ofHours(1),
            SpacePolicy.LRU);

    @Test
    void saysWhoHasTheVolume() {
        assertThat(shown(SpaceReport::volume))
                .containsExactly(
                        "VOLUME /srv/cartd",
                        "   100 GB the file system has in all",
                        "   7.0 GB of it other programs take",
                        "   5.0 GB of it are kept free (keep_free)",
                        "    90 GB carts may take (volume_size)",
                        "    58 GB of it are taken: 6 carts",
                        "   8.0 GB of that are being removed: 1 cart",
                        "   5.0 GB are reserved and not filled yet: 1 cart",
                        "    20 GB are free for carts");
    }

    @Test
    void saysWhoWaits() {
        Waiting waiting = new Waiting(43, "a name", NOW.minusSeconds(90), 93 * GB, 2);
        assertThat(shown(report -> report.waiting(List.of(waiting))))
                .containsExactly(
                        "",
                        "WAITING FOR ROOM",
                        "ID           NEEDS  SINCE OVERTAKEN UID",
                        "43           93 GB     1m         2 a?name");
    }

    @Test
    void saysWhatGoesNext() {
        EvictionCandidate seen = new EvictionCandidate(2, "one", 20 * GB, USED, false, "");
        EvictionCandidate hidden = new EvictionCandidate(3, "two", 10 * GB, USED, true, "");
        assertThat(shown(report -> report.next(List.of(hidden, seen))))
                .containsExactly(
                        "",
                        "EVICTED NEXT, IN THIS ORDER: 30 GB in all",
                        "ID            SIZE LAST-USE            UID                                  REASON",
                        "3            10 GB " + HumanText.moment(USED) + " two" + " ".repeat(34)
                                + "a newer cart of its uid is ready",
                        "2            20 GB " + HumanText.moment(USED) + " one");
    }

    @Test
    void saysWhatStaysAndWhy() {
        assertThat(shown(SpaceReport::staying))
                .hasSize(6)
                .contains("NOT EVICTED NOW: 35 GB in all")
                .satisfiesExactly(
                        line -> assertThat(line).isEmpty(),
                        line -> assertThat(line).startsWith("NOT EVICTED NOW"),
                        line -> assertThat(line).startsWith("ID "),
                        line -> assertThat(line)
                                .startsWith("2 ")
                                .endsWith(" is kept until " + HumanText.moment(NOW.plusSeconds(60))),
                        line -> assertThat(line).startsWith("3 ").endsWith(" is being downloaded"),
                        line -> assertThat(line).startsWith("4 ").endsWith(" was used in the last 10 minutes"));
    }

    @Test
    void saysWhatIsPinned() {
        Pin pin = new Pin(3, "host-1", 7, NOW.plusSeconds(60));
        assertThat(shown(report -> report.pinned(List.of(pin))))
                .hasSize(4)
                .last()
                .asString()
                .matches("3 +7 " + HumanText.moment(NOW.plusSeconds(60)) + " three +host-1");
    }

    @Test
    void saysWhatBelongsToNobody() {
        Stray foreign = new Stray(Path.of("/srv/cartd/5"), false, USED);
        Stray ours = new Stray(Path.of("/srv/cartd/7"), true, USED);
        assertThat(shown(report -> report.strays(List.of(foreign, ours))))
                .containsExactly(
                        "",
                        "BELONGS TO NO CART",
                        "CHANGED             DIRECTORY                                REASON",
                        HumanText.moment(USED) + " /srv/cartd/7" + " ".repeat(29) + "cartd made it: --sweep removes it",
                        HumanText.moment(USED) + " /srv/cartd/5" + " ".repeat(29)
                                + "not known to be cartd's: never removed");
    }

    @Test
    void showsAFewLinesOfEachSection() {
        List<EvictionCandidate> many = LongStream.range(1, 144)
                .mapToObj(i -> new EvictionCandidate(i, "cart-" + i, GB, USED, false, ""))
                .toList();
        assertThat(shown(report -> report.next(many))).hasSize(24).endsWith("… and 123 more");
        assertThat(shown(report -> report.next(many.subList(0, 20)))).hasSize(23);
        assertThat(shown(Integer.MAX_VALUE, report -> report.next(many))).hasSize(146);
    }

    @Test
    void saysWhereThereIsNothing() {
        assertThat(shown(report -> report.gone(List.of()))).containsExactly("", "EVICTED AND PURGED LATELY", "none");
    }

    private List<String> shown(Consumer<SpaceReport> section) {
        return shown(20, section);
    }

    private List<String> shown(int most, Consumer<SpaceReport> section) {
        List<Holder> held = List.of(
                new Holder(1, "one", CartStatus.READY, 10 * GB, 0, USED, Optional.of(USED), Optional.empty()),
                new Holder(
                        2,
                        "two",
                        CartStatus.READY,
                        20 * GB,
                        0,
                        USED,
                        Optional.of(NOW.plusSeconds(60)),
                        Optional.empty()),
                new Holder(3, "three", CartStatus.READY, 10 * GB, 0, USED, Optional.empty(), Optional.of(NOW)),
                new Holder(4, "four", CartStatus.ERROR, 5 * GB, 0, NOW, Optional.empty(), Optional.empty()),
                new Holder(5, "five", CartStatus.DELETED, 8 * GB, 0, NOW, Optional.empty(), Optional.empty()),
                new Holder(6, "six", CartStatus.STAGING, 5 * GB, 10 * GB, NOW, Optional.empty(), Optional.empty()));
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        section.accept(new SpaceReport(
                out, "/srv/cartd", new SpaceSnapshot(100 * GB, 30 * GB, held, List.of(), settings, NOW), most));
        out.flush();
        return text.toString().lines().toList();
    }
}
