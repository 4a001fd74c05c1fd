package dev.cartd.cli.notify;

import dev.cartd.spi.Notice;
import java.time.Instant;
import java.util.Optional;

/** A notice. */
final class Example {
    static final Instant WHEN = Instant.parse("2026-11-25T12:00:00.123Z");

    private Example() {}

    static Notice notice(String receiver, String host) {
        return notice("x", receiver, host);
    }

    static Notice notice(String uid, String receiver, String host) {
        return new Notice(
                "the-id",
                Notice.Event.READY,
                7,
                uid,
                "",
                3,
                Optional.of(42L),
                WHEN,
                receiver,
                host,
                1,
                Optional.of(WHEN),
                "");
    }
}
