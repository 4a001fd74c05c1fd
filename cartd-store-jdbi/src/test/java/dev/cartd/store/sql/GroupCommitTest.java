package dev.cartd.store.sql;

import dev.cartd.store.DatabaseConfig;
import dev.cartd.store.SqliteFixture;
import dev.cartd.store.sql.GroupCommit.Kind;
import dev.cartd.store.sqlite.Sqlite;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class GroupCommitTest {
    private static final Duration BUSY = Duration.ofSeconds(3);
    private static final String INSERT = "insert into mine (n) values (?)";

    @TempDir
    private Path directory;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch go = new CountDownLatch(1);
    private final CountDownLatch stop = new CountDownLatch(1);
    private final AtomicInteger connected = new AtomicInteger();
    private Dialect dialect;
    private Jdbi jdbi;
    private Jdbi reader;
    private GroupCommit commits;

    @BeforeEach
    void open() throws Exception {
        DatabaseConfig config = SqliteFixture.synced(directory);
        dialect = Sqlite.ofJdbc(config.url().substring("sqlite://".length()));
        SQLiteDataSource source = new SQLiteDataSource() {
            @Override
            public Connection getConnection() throws SQLException {
                connected.incrementAndGet();
                return super.getConnection();
            }
        };
        source.setUrl(dialect.jdbcUrl());
        source.setConfig(new SQLiteConfig(dialect.properties(BUSY, Dialect.Use.WRITE)));
        jdbi = Jdbi.create(source);
        reader = SqliteFixture.raw(config);
        commits = new GroupCommit(jdbi, dialect, Duration.ofMinutes(1));
        commits.run(Kind.LATER, handle -> handle.execute("create table mine (n integer)"));
    }

    @AfterEach
    void close() {
        go.countDown();
        stop.countDown();
        threads.shutdownNow();
    }

    /** Keeps the writer busy until {@link #go}, so that what comes meanwhile is a group. */
    private Future<Integer> keepBusy() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        Future<Integer> first = threads.submit(() -> commits.run(Kind.LATER, handle -> {
            begun.countDown();
            await(go);
            return 0;
        }));
        begun.await();
        return first;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private <T> Future<T> queue(Function<Handle, T> transaction) {
        return queue(Kind.LATER, transaction);
    }

    private <T> Future<T> queue(Kind kind, Function<Handle, T> transaction) {
        CountDownLatch called = new CountDownLatch(1);
        Callable<T> call = () -> {
            called.countDown();
            return commits.run(kind, transaction);
        };
        Future<T> queued = threads.submit(call);
        await(called);
        return queued;
    }

    private List<Integer> found() {
        return reader.withHandle(handle -> handle.select("select n from mine order by n")
                .mapTo(Integer.class)
                .list());
    }

    @Test
    void whatComesWhileOneCommitsIsCommittedTogether() throws Exception {
        Future<Integer> first = keepBusy();
        List<Integer> seen = new ArrayList<>();
        List<Future<Integer>> queued = IntStream.rangeClosed(1, 20)
                .mapToObj(n -> queue(handle -> {
                    // In one transaction each sees what those before it did; committed it is not yet.
                    seen.add(handle.select("select count(*) from mine")
                                    .mapTo(Integer.class)
                                    .one()
                            - found().size());
                    return handle.execute(INSERT, n);
                }))
                .toList();
        awaitQueued(20);
        go.countDown();
        first.get();
        for (Future<Integer> one : queued) {
            assertThat(one.get()).isEqualTo(1);
        }
        assertThat(found()).hasSize(20);
        assertThat(seen)
                .containsExactlyElementsOf(IntStream.range(0, 20).boxed().toList());
    }

    @Test
    void whatAClientWaitsForGoesFirst() throws Exception {
        Future<Integer> first = keepBusy();
        List<Integer> ran = new ArrayList<>();
        List<Future<Boolean>> queued = new ArrayList<>();
        for (int n : new int[] {1, 2, 3, 4}) {
            queued.add(queue(n % 2 == 0 ? Kind.FIRST : Kind.LATER, handle -> ran.add(n)));
            awaitQueued(queued.size());
        }
        go.countDown();
        first.get();
        for (Future<Boolean> one : queued) {
            one.get();
        }
        assertThat(ran).containsExactly(2, 4, 1, 3);
    }

    @Test
    void whoIsNextAmongTheOthersIsPassedOverOnce() throws Exception {
        Future<Integer> first = keepBusy();
        List<Integer> ran = new ArrayList<>();
        List<Future<Boolean>> queued = new ArrayList<>();
        queued.add(queue(Kind.ALONE, handle -> ran.add(-1)));
        awaitQueued(1);
        for (int n = 0; n < 70; n++) {
            int number = n;
            queued.add(queue(Kind.FIRST, handle -> ran.add(number)));
            awaitQueued(queued.size());
        }
        go.countDown();
        first.get();
        for (Future<Boolean> one : queued) {
            one.get();
        }
        assertThat(ran).hasSize(71);
        assertThat(ran.indexOf(-1)).as("behind the group that ran already").isEqualTo(63);
    }

    @Test
    void whatFailsInAGroupFailsAlone() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        Future<Integer> first = keepBusy();
        Future<Integer> before = queue(handle -> handle.execute(INSERT, runs.incrementAndGet() * 10));
        awaitQueued(1);
        Future<Integer> wrong = queue(handle -> {
            handle.execute(INSERT, 1000);
            throw new IllegalStateException("this one is wrong");
        });
        Future<Integer> statement = queue(handle -> handle.execute("insert into not_there (n) values (1)"));
        awaitQueued(3);
        go.countDown();

        first.get();
        assertThat(before.get()).isEqualTo(1);
        assertThatThrownBy(wrong::get).hasRootCauseMessage("this one is wrong");
        assertThatThrownBy(statement::get)
                .isInstanceOf(ExecutionException.class)
                .rootCause()
                .hasMessageContaining("no such table: not_there");
        assertThat(found()).as("what was run twice counts once").containsExactly(20);
    }

    @Test
    void aDatabaseThatIsLockedByAnotherProgramFailsTheWholeGroupAfterOneWait() throws Exception {
        int before = connected.get();
        try (Handle other = reader.open()) {
            other.execute("begin immediate");
            Future<Integer> first = queue(handle -> handle.execute(INSERT, 0));
            Awaitility.await().until(() -> connected.get() == before + 1);
            List<Future<Integer>> queued = IntStream.range(0, 5)
                    .mapToObj(n -> queue(handle -> handle.execute(INSERT, n)))
                    .toList();
            awaitQueued(5);
            for (Future<Integer> one : queued) {
                assertThatThrownBy(one::get).rootCause().hasMessageContaining("SQLITE_BUSY");
            }
            assertThatThrownBy(first::get).rootCause().hasMessageContaining("SQLITE_BUSY");
            other.execute("rollback");
        }
        assertThat(connected).as("the first waits alone, the group once").hasValue(before + 2);
        int after = commits.run(Kind.LATER, handle -> handle.execute(INSERT, 7));
        assertThat(after).isEqualTo(1);
    }

    @Test
    void whatRunsAloneHangsAlone() throws Exception {
        Future<Integer> first = keepBusy();
        CountDownLatch hung = new CountDownLatch(1);
        Future<Thread> alone = threads.submit(() -> commits.run(Kind.ALONE, handle -> {
            hung.countDown();
            await(stop);
            return Thread.currentThread();
        }));
        awaitQueued(1);
        List<Future<Integer>> behind = IntStream.range(0, 5)
                .mapToObj(n -> queue(handle -> handle.execute(INSERT, n)))
                .toList();
        awaitQueued(6);
        go.countDown();
        first.get();
        hung.await();
        assertThat(commits.waiting()).as("nobody is taken into its group").isEqualTo(5);
        Future<Integer> gone = behind.get(2);
        assertThat(gone.cancel(true)).isTrue();
        awaitQueued(4);
        stop.countDown();
        assertThat(alone.get()).isNotEqualTo(Thread.currentThread());
        for (int i : new int[] {0, 1, 3, 4}) {
            assertThat(behind.get(i).get()).isEqualTo(1);
        }
        assertThat(found()).containsExactly(0, 1, 3, 4);
    }

    @Test
    void whoWaitsTooLongIsRefused() throws Exception {
        GroupCommit impatient = new GroupCommit(jdbi, dialect, Duration.ofMillis(1));
        CountDownLatch begun = new CountDownLatch(1);
        Future<Integer> first = threads.submit(() -> impatient.run(Kind.ALONE, handle -> {
            begun.countDown();
            await(go);
            return 0;
        }));
        begun.await();
        assertThatThrownBy(() -> impatient.run(Kind.LATER, handle -> handle.execute(INSERT, 1)))
                .rootCause()
                .hasMessage("other transactions kept it busy for PT0.001S");
        go.countDown();
        first.get();
        assertThat(found()).isEmpty();
    }

    @Test
    void aThreadThatIsInterruptedTakesItsTransactionBack() throws Exception {
        Future<Integer> first = keepBusy();
        Future<Integer> second = queue(handle -> handle.execute(INSERT, 2));
        awaitQueued(1);
        assertThat(second.cancel(true)).isTrue();
        awaitQueued(0);
        go.countDown();
        first.get(30, TimeUnit.SECONDS);
        assertThat(found()).isEmpty();
    }

    private void awaitQueued(int count) {
        Awaitility.await().until(() -> commits.waiting() == count);
    }
}
