package dev.cartd.local;

import dev.cartd.spi.RequestShares;
import java.time.Duration;

/** The shares of a node that uses the archive alone: other nodes never limit it. Never fails. Safe for many threads. */
public final class OneNode implements RequestShares {
    private static final Share ALL_OF_IT = new Share(ALL, ALL, Duration.ofDays(1));

    /** The shares of the only node. */
    public OneNode() {}

    @Override
    public Share ask(Need need) {
        return need.wanted() == 0 ? Share.NONE : ALL_OF_IT;
    }
}
