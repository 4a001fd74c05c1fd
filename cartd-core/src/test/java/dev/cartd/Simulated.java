package dev.cartd;

import dev.cartd.claim.StageSettings;
import dev.cartd.spi.Archive;
import dev.cartd.system.Timeline;
import java.nio.file.Path;

/** Builds a {@link Cartd} that runs in the time and on the threads of a test. */
public final class Simulated {
    private Simulated() {}

    /** As {@link Cartd#builder}, on this timeline and with these settings. */
    public static CartdBuilder builder(Archive archive, Path volume, Timeline timeline, StageSettings settings) {
        return Cartd.builder(archive, volume).timeline(timeline).settings(settings);
    }
}
