package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** Things on the volume that cartd did not make, with names that it needs. */
class ForeignNamesIT {
    @TempDir
    private Path home;

    @Test
    void the_next_number_is_taken_and_nothing_is_touched() throws Exception {
        try (ArchiveInterface archive = new ArchiveInterface();
                LiveServer server = LiveServer.start(home, archive.url())) {
            Path first = Files.createDirectories(server.volume().resolve("1/cart"));
            Files.writeString(first.resolve("mine"), "mine");
            Path second = Files.writeString(server.volume().resolve("3"), "mine");
            Path link = Files.writeString(server.volume().resolve("cartuids/other"), "mine");
            Order order = Order.random(archive, 9, 5);
            server.http().order("cart", order.json(false));
            server.http().awaitReady("cart");
            Contents.assertSame(
                    Contents.ofTar(server.http().get("cart?filename=x.tar").body()), "x", order.files());
            assertThat(Files.readSymbolicLink(server.volume().resolve("cartuids/cart")))
                    .hasToString("../4/cart");
            assertThat(server.command("list").out()).containsPattern(" cart\\s").doesNotContain(" in the way");
            assertThat(server.log()).contains("is made anew as cart 4: ");

            server.http().order("other", order.json(true));
            await().until(() -> server.http().head("other").pacifica().startsWith("204 ready"));
            assertThat(server.http().head("other").pacifica())
                    .contains("No symlink: ", "cartuids/other is not a symlink");
            assertThat(server.command("status other").out()).contains("No symlink: ");
            server.http().delete("cart");
            server.http().delete("other");
            await().until(() -> server.numbers().size() == 2);
            for (Path foreign : new Path[] {first.resolve("mine"), second, link}) {
                assertThat(foreign).hasContent("mine");
            }
        }
    }
}
