package dev.cartd.local;

import dev.cartd.spi.RequestShares;
import java.time.Duration;

/** The only node that sends requests to its archive: it may have out whatever it learns. */
public final class OneNode implements RequestShares {
    private static final Share ALL_OF_IT = new Share(ALL, ALL, Duration.ofDays(1));

    /** A node that knows of no other. */
    public OneNode() {}

    @Override
    public Share ask(Need need) {
        return need.wanted() == 0 ? Share.NONE : ALL_OF_IT;
    }
}
