package dev.cartd;

import dev.cartd.claim.StageSettings;
import dev.cartd.spi.Archive;
import java.nio.file.Path;
import java.time.Duration;

/** A {@link Cartd} whose pauses are short: nobody wants to wait for a test. */
public final class Quick {
    /** What a second is elsewhere. */
    public static final Duration PAUSE = Duration.ofMillis(10);

    private Quick() {}

    /** As {@link Cartd#builder}, with short pauses. */
    public static CartdBuilder builder(Archive archive, Path volume) {
        return Cartd.builder(archive, volume).settings(StageSettings.DEFAULT.withPause(PAUSE));
    }
}
