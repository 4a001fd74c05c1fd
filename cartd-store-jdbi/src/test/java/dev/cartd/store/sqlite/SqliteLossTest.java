package dev.cartd.store.sqlite;

import ch.qos.logback.classic.Level;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartRequest;
import dev.cartd.spi.CartStore;
import dev.cartd.store.Database;
import dev.cartd.store.Logged;
import dev.cartd.store.SqliteFixture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What befalls an SQLite file while it is in use. What is lost is never said to be stored. */
class SqliteLossTest {
    @TempDir
    private Path directory;

    private Path home;
    private Path file;
    private Database database;
    private CartStore store;
    private Logged log;
    private int last;

    @BeforeEach
    void open() throws IOException {
        log = new Logged("dev.cartd.store");
        home = Files.createDirectory(directory.resolve("home"));
        SqliteFixture.synced(home);
        file = home.resolve("synced.sqlite3");
        database = Database.open(SqliteFixture.config(file), InstantSource.system());
        store = database.store();
        add();
    }

    @AfterEach
    void close() {
        database.close();
        log.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-wal", "-shm"})
    void aFileThatIsRenamedIsMissedUntilItIsBack(String end) throws IOException {
        Path part = home.resolve(file.getFileName() + end);
        Files.move(part, directory.resolve("away"));

        assertLost(part + " was removed or renamed while it was in use");
        assertThat(part).doesNotExist();

        Files.move(directory.resolve("away"), part);
        assertBack();
    }

    @Test
    void aFileThatIsMissingIsNoticedThoughNobodyUsesIt() throws IOException {
        assertThat(store.away()).isEmpty();
        Files.move(file, directory.resolve("away"));

        await().until(() -> store.away().isPresent());
        assertThat(store.away().orElseThrow().reason()).contains(file + " was removed or renamed");

        Files.move(directory.resolve("away"), file);
        await().until(() -> store.away().isEmpty());
    }

    @Test
    void aDirectoryThatIsRenamedIsMissedUntilItIsBack() throws IOException {
        Files.move(home, directory.resolve("away"));

        assertLost(file + " was removed or renamed while it was in use");

        Files.move(directory.resolve("away"), home);
        assertBack();
    }

    @Test
    void anotherFileInItsPlaceIsNotWrittenTo() throws IOException {
        Path other = copy();
        byte[] bytes = Files.readAllBytes(other);
        Files.move(file, directory.resolve("away"));
        Files.move(other, file);

        assertLost("another file was put in place of " + file);
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);

        Files.delete(file);
        Files.move(directory.resolve("away"), file);
        assertBack();
    }

    @Test
    void aLogThatIsRemovedIsSavedByAClose() throws IOException {
        Path wal = home.resolve(file.getFileName() + "-wal");
        Files.delete(wal);

        assertLost(wal + " was removed or renamed while it was in use: put it back, or restart cartd, which saves");

        database.close();
        database = Database.open(SqliteFixture.config(file), InstantSource.system());
        store = database.store();
        assertThat(store.live("cart-1")).hasSize(1);
        add();
    }

    @Test
    void aFileThatIsOverwrittenWithSomethingElseIsNotWrittenTo() throws IOException {
        overwrite("This is no database. ".repeat(1000).getBytes(StandardCharsets.UTF_8));

        assertLost(file + " was overwritten while it was in use");
    }

    @Test
    void aFileThatIsCutOffIsNotWrittenTo() throws IOException {
        overwrite(new byte[0]);

        assertLost(file + " was overwritten while it was in use");
    }

    @Test
    void aFileThatIsOverwrittenWithAnotherDatabaseIsNotWrittenTo() throws IOException {
        Path other = directory.resolve("other.sqlite3");
        try (Database made = Database.open(SqliteFixture.config(other), InstantSource.system())) {
            made.sync();
        }
        overwrite(Files.readAllBytes(other));

        assertLost(file + " was overwritten while it was in use");
    }

    @Test
    void aFileThatIsOverwrittenWithAnOlderCopyIsNotWrittenTo() throws IOException {
        byte[] old = Files.readAllBytes(copy());
        for (int i = 0; i < 50; i++) {
            add();
        }
        SqliteFixture.raw(SqliteFixture.config(file))
                .useHandle(handle -> handle.select("pragma wal_checkpoint(truncate)")
                        .mapToMap()
                        .list());
        add();
        overwrite(old);

        assertLost(file + " was overwritten while it was in use");
    }

    @Test
    void aFileThatIsDamagedIsSaidToBe() throws Exception {
        database.close();
        byte[] bytes = Files.readAllBytes(file);
        Arrays.fill(bytes, 4096, bytes.length, (byte) 'x');
        overwrite(bytes);

        assertThatThrownBy(() -> Database.open(SqliteFixture.config(file), InstantSource.system()))
                .isInstanceOf(CartException.Unavailable.class)
                .hasMessageEndingWith("the file is damaged: put a backup back [SQLITE_CORRUPT]");
    }

    @Test
    void aThreadThatIsInterruptedDoesNotLoseTheFileForOthers() {
        Thread.currentThread().interrupt();
        try {
            store.live("cart-1");
        } catch (CartException.Unavailable e) {
            assertThat(e).hasMessageContaining("nterrupt");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        add();
    }

    /** Of the database as it was before. */
    private Path copy() throws IOException {
        String url = SqliteFixture.synced(directory).url();
        return Path.of(url.substring("sqlite:///".length()));
    }

    /** In place, as cp does. */
    private void overwrite(byte[] bytes) throws IOException {
        // By another process: if this one closed a descriptor of the file, SQLite's locks would be gone.
        Path source = Files.write(directory.resolve("source"), bytes);
        try {
            Process copy = new ProcessBuilder("cp", source.toString(), file.toString()).start();
            assertThat(copy.waitFor()).isZero();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void add() {
        last++;
        store.add(new CartRequest("cart-" + last, false, List.of(CartRequest.Item.of("id", "path", "md5", ""))), 0);
    }

    private void assertLost(String reason) {
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(this::add)
                    .isInstanceOf(CartException.Unavailable.class)
                    .hasMessageContaining("UTC: " + reason)
                    .hasMessageNotContaining("\n");
            assertThatThrownBy(() -> store.live("cart-1")).isInstanceOf(CartException.Unavailable.class);
        }
        assertThat(log.lines(Level.WARN, "")).singleElement().asString().contains(reason);
    }

    private void assertBack() {
        await().ignoreException(CartException.Unavailable.class)
                .until(() -> store.live("cart-1").size() == 1);
        add();
        await().untilAsserted(() ->
                assertThat(log.lines(Level.INFO, ") is back after ")).hasSize(1));
    }
}
