package dev.cartd.stage;

import dev.cartd.cart.Outage;
import dev.cartd.cart.Wait;
import java.time.Instant;
import java.time.InstantSource;

/** Logs the beginning of an outage, in the words that the status of waiting carts has, and its end. */
final class OutageLog implements Outage.Log {
    private static final System.Logger LOG = System.getLogger(OutageLog.class.getName());

    private final Wait.Kind kind;
    private final String isBack;
    private final InstantSource clock;

    /** @param isBack the beginning of the line for the end, such as {@code the archive is back} */
    OutageLog(Wait.Kind kind, String isBack, InstantSource clock) {
        this.kind = kind;
        this.isBack = isBack;
        this.clock = clock;
    }

    @Override
    public void away(Instant since, String reason) {
        LOG.log(
                System.Logger.Level.WARNING,
                "{0}; carts wait, and go on by themselves when it is back",
                Wait.begins(kind, since, reason).sentence(clock.instant()));
    }

    @Override
    public void back(String lasted) {
        LOG.log(System.Logger.Level.INFO, "{0} after {1}", isBack, lasted);
    }
}
