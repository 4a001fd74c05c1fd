package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import dev.cartd.spi.Fault;
import dev.cartd.spi.Pulls;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** An archive that does some of everything wrong while servers are killed, and what all of it may cost. */
final class Mischief {
    private Mischief() {}

    /** Of seven requests one goes wrong, until {@code faults().none()}. */
    static void of(ArchiveInterface archive) {
        archive.faults()
                .rate(Fault.ERROR, 0.03)
                .rate(Fault.UNAVAILABLE, 0.02)
                .rate(Fault.DROP, 0.01)
                .rate(Fault.HANG, 0.005)
                .rate(Fault.CUT, 0.04)
                .rate(Fault.SHORT, 0.02)
                .rate(Fault.LONG, 0.01)
                .rate(Fault.CORRUPT, 0.01)
                .rate(Fault.STALL, 0.005);
    }

    /**
     * Expects that every file was pulled once, and again only where a fault was in it, or a kill, or for its rest after
     * it had made room for others.
     *
     * @param inFlight how many pulls the kills hit
     */
    static void assertNothingWasted(ArchiveInterface archive, CartsOnDisk carts, int inFlight) {
        Map<Pulls.Why, Integer> pulls = archive.pulls().counts();
        long faulted = archive.pulls().faulted();
        System.out.println(archive.requests("GET") + " pulls of " + carts.files() + " files, " + faulted + " faulted, "
                + inFlight + " in flight at kills: " + pulls);
        assertThat(archive.pulls().wasted()).isEmpty();
        assertThat(pulls.get(Pulls.Why.KILL)).isBetween(1, inFlight);
        assertThat(pulls.get(Pulls.Why.FAULT)).isBetween(1, (int) faulted);
        // Those of carts that were deleted come on top of the files that are there.
        assertThat(pulls.get(Pulls.Why.FIRST)).isGreaterThanOrEqualTo(carts.files());
    }
}
