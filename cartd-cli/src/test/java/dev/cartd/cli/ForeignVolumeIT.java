package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** Volumes with the file systems of other systems, where names fold and links may be missing. */
class ForeignVolumeIT {
    private final ArchiveInterface archive = new ArchiveInterface();
    private Optional<OwnMount> mount = Optional.empty();
    private Optional<LiveServer> server = Optional.empty();

    @TempDir
    private Path home;

    private Http start(OwnMount.Foreign kind) throws Exception {
        mount = OwnMount.in(home.resolve("volume"), kind);
        if (mount.isEmpty()) {
            // Not only as an assumption: Maven does not tell those.
            System.out.println(
                    "SKIPPED: no " + kind + " can be mounted here (its programs, or root's rights, are missing)");
        }
        Assumptions.assumeTrue(mount.isPresent());
        server = Optional.of(LiveServer.start(home, mount.orElseThrow(), archive.url()));
        return server.get().http();
    }

    @AfterEach
    void stop() throws Exception {
        try (archive) {
            server.ifPresent(LiveServer::close);
        } finally {
            if (mount.isPresent()) {
                mount.get().close();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(OwnMount.Foreign.class)
    void a_cart_is_right_or_says_which_two_names_are_one(OwnMount.Foreign kind) throws Exception {
        Http http = start(kind);
        Order twice = new Order(archive).file("d/A.txt", bytes("AAAA")).file("d/a.txt", bytes("bbbb"));
        http.order("Twice", twice.json(false));
        http.order("bundled", twice.json(true));
        Order merged = new Order(archive).file("D/x", bytes("xx")).file("d/y", bytes("yyy"));
        http.order("merged", merged.json(false));
        Order linked = new Order(archive).file("plain", bytes("p"));
        http.order("twice", linked.json(false));

        await().until(() -> http.head("Twice").status() == 500);
        assertThat(http.head("Twice").pacifica()).contains("d/A.txt", "d/a.txt", "on this volume");
        http.awaitReady("bundled");
        Contents.assertSame(Contents.ofTar(http.get("bundled").body()), "bundled", twice.files());
        http.awaitReady("merged");
        Contents.assertSame(Contents.ofTar(http.get("merged?filename=m.tar").body()), "m", merged.files());
        http.awaitReady("twice");

        server.orElseThrow().command("fixit --cartid Twice");
        assertThat(http.head("Twice").pacifica()).contains("d/A.txt", "d/a.txt", "on this volume");
        assertThat(http.delete("twice").status()).isEqualTo(200);
        await().until(() -> server.orElseThrow().numbers().size() == 3);
    }

    @ParameterizedTest
    @EnumSource(OwnMount.Foreign.class)
    void carts_get_ready_whatever_the_volume_lacks(OwnMount.Foreign kind) throws Exception {
        Http http = start(kind);
        Order order = Order.random(archive, 5, 40);
        http.order("first", order.json(false));
        http.awaitReady("first");
        http.order("second", order.json(false));
        http.order("third", order.json(true));
        http.awaitReady("second");
        http.awaitReady("third");
        for (String uid : new String[] {"first", "second"}) {
            Contents.assertSame(Contents.ofTar(http.get(uid + "?filename=x.tar").body()), "x", order.files());
        }
        Contents.assertSame(Contents.ofTar(http.get("third").body()), "third", order.files());
        Path link = server.orElseThrow().volume().resolve("cartuids/first");
        assertThat(Files.exists(link, LinkOption.NOFOLLOW_LINKS)).isEqualTo(kind == OwnMount.Foreign.NTFS);
        assertThat(server.orElseThrow().log().lines().filter(line -> line.contains("has no symlinks")))
                .hasSize(kind == OwnMount.Foreign.NTFS ? 0 : 1);
        http.delete("first");
        await().until(() -> server.orElseThrow().numbers().size() == 2);
    }

    @ParameterizedTest
    @EnumSource(value = OwnMount.Foreign.class, names = "EXFAT")
    void a_name_that_the_volume_cannot_have_is_said_at_once(OwnMount.Foreign kind) throws Exception {
        Http http = start(kind);
        http.order("odd", new Order(archive).file("d/why?", bytes("y")).json(false));
        await().until(() -> http.head("odd").status() == 500);
        assertThat(http.head("odd").pacifica()).contains("d/why?", "cannot have a file of this name");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }
}
