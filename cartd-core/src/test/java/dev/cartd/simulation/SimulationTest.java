package dev.cartd.simulation;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Runs many seeds, and looks whether the simulation would notice a defect. {@code -Dseed=7} runs one seed and prints
 * what happens; {@code -Dseed=7 -Dbug=NO_FENCE} does so with a defect; {@code -Dseeds=10000 -Dfrom=1} runs more; {@code
 * -Dbugs=all} looks for all defects, also for those that take many seeds.
 */
class SimulationTest {
    private static final Machine.Carriers CARRIERS = new Machine.Carriers();
    private static final long NO_SEED = -1;
    private static final int MOST_WRONG = 20;

    /** The defects that take many seeds. */
    private static final Set<Bug> RARE = EnumSet.of(
            Bug.NO_FENCE,
            Bug.SAME_EPOCH,
            Bug.SAME_FILE,
            Bug.TWIN_UNVERIFIED,
            Bug.USED_EVICTED,
            Bug.RESTART_UNSEEN,
            Bug.KEEP_IGNORED,
            Bug.NEWEST_EVICTED,
            Bug.PIN_IGNORED,
            Bug.SWEEP_BLIND);

    private static final long ONE = Long.getLong("seed", NO_SEED);

    @AfterAll
    static void end() {
        CARRIERS.close();
    }

    private static World.Result run(long seed, Bug bug, @Nullable PrintStream out) {
        try {
            return World.run(seed, bug, out, CARRIERS);
        } catch (Throwable e) {
            throw new AssertionError(
                    "-Dtest=SimulationTest -Dseed=" + seed + (bug == Bug.NONE ? "" : " -Dbug=" + bug) + " : "
                            + e.getMessage(),
                    e);
        }
    }

    @Test
    void oneSeedIsTraced() {
        assumeTrue(ONE != NO_SEED, "no seed is given");
        System.out.println(run(ONE, Bug.valueOf(System.getProperty("bug", "NONE")), System.out));
    }

    @Test
    void everythingHoldsWhateverFails() {
        assumeTrue(ONE == NO_SEED, "one seed is given");
        long from = Long.getLong("from", 1);
        long count = Long.getLong("seeds", 60);
        long begun = System.nanoTime();
        int ready = 0;
        int failed = 0;
        int downloads = 0;
        int early = 0;
        long minutes = 0;
        List<String> wrong = new ArrayList<>();
        for (long seed = from; seed < from + count && wrong.size() < MOST_WRONG; seed++) {
            try {
                World.Result result = run(seed, Bug.NONE, null);
                ready += result.ready();
                failed += result.failed();
                downloads += result.downloads();
                early += result.early();
                minutes += result.time().toMinutes();
            } catch (AssertionError e) {
                wrong.add(String.valueOf(e.getMessage()));
            }
        }
        System.out.println(count + " seeds: " + ready + " carts became ready, " + failed + " failed, " + downloads
                + " were downloaded, and " + early + " files early, in " + minutes / 60 + " virtual hours; this took "
                + (System.nanoTime() - begun) / 1_000_000 + " ms");
        assertThat(wrong).isEmpty();
        // So that a world in which nothing happens is noticed.
        assertThat(ready).isGreaterThan((int) count);
        assertThat(failed).isGreaterThan((int) count / 20);
        assertThat(downloads).isGreaterThan((int) count / 4);
        assertThat(early).isGreaterThan((int) count / 4);
    }

    @Test
    void aSeedIsAlwaysTheSameRun() {
        assumeTrue(ONE == NO_SEED, "one seed is given");
        for (long seed = 1; seed <= 5; seed++) {
            assertThat(run(seed, Bug.NONE, null)).as("seed %d", seed).isEqualTo(run(seed, Bug.NONE, null));
        }
    }

    private static Set<Bug> bugs() {
        Set<Bug> bugs = EnumSet.complementOf(EnumSet.of(Bug.NONE));
        if (System.getProperty("bugs") == null) {
            bugs.removeAll(RARE);
        }
        return bugs;
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void aDefectIsFound(Bug bug) {
        assumeTrue(ONE == NO_SEED, "one seed is given");
        for (long seed = 1; seed <= 2000; seed++) {
            try {
                run(seed, bug, null);
            } catch (AssertionError e) {
                System.out.println("| `" + bug + "` | " + seed + " | "
                        + String.valueOf(e.getMessage()).lines().findFirst().orElse("") + " |");
                return;
            } finally {
                LaxHash.end();
            }
        }
        fail("2000 seeds do not find " + bug);
    }
}
