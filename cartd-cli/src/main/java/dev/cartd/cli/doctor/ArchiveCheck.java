package dev.cartd.cli.doctor;

import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** Asks the archive for a file that it does not have: any answer shows that it is there. */
final class ArchiveCheck implements Check {
    /** No archive has a file of this name. */
    private static final String NO_FILE = ".cartd-doctor";

    private static final Duration SLOW = Duration.ofSeconds(5);

    private final Supplier<Archive> archive;
    private final String about;
    private final String section;
    private final String place;

    /**
     * @param about what findings are about
     * @param section the section of the configuration file that has its settings
     */
    ArchiveCheck(Supplier<Archive> archive, String about, String section, String place) {
        this.archive = archive;
        this.about = about;
        this.section = section;
        this.place = place;
    }

    @Override
    public List<Finding> run() {
        long begun = System.nanoTime();
        try (Archive opened = archive.get()) {
            opened.check();
            opened.status(NO_FILE);
        } catch (ArchiveException.Missing e) {
            // As it should be.
        } catch (ArchiveException.Unreachable e) {
            return List.of(Finding.bad(
                    about,
                    place + " cannot be reached (" + e.getMessage() + "): start it, or correct [" + section + "] url"));
        } catch (ArchiveException e) {
            return List.of(Finding.warn(
                    about,
                    place + " answers, but refuses a file that it does not have, in place of saying so ("
                            + e.getMessage() + "): look at its log"));
        }
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        return List.of(
                took.compareTo(SLOW) > 0
                        ? Finding.warn(about, place + " took " + took.toSeconds() + " s to answer: look at its load")
                        : Finding.ok(about, place + " answers"));
    }
}
