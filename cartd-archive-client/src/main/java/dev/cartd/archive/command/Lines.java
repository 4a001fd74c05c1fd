package dev.cartd.archive.command;

import dev.cartd.archive.http.OneLine;
import dev.cartd.spi.ArchiveException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The lines that a run of the program prints, each of a bounded length. For one thread. */
final class Lines {
    /** The longest line in bytes: an id takes at most 6 KiB, with every character escaped. */
    private static final int MAX = 16 << 10;

    private final Run run;
    private byte[] piece = {};
    private int taken;
    private int number;

    Lines(Run run) {
        this.run = run;
    }

    /**
     * Waits for the next line; empty at the end of the output. The last line need not end in a line feed.
     *
     * @throws ArchiveException if the line is too long or does not come in time
     */
    Optional<String> next() {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        number++;
        while (fill()) {
            byte b = piece[taken++];
            if (b == '\n') {
                return Optional.of(text(line));
            }
            if (line.size() == MAX) {
                throw wrong("has more than 16 KiB");
            }
            line.write(b);
        }
        return line.size() == 0 ? Optional.empty() : Optional.of(text(line));
    }

    private boolean fill() {
        if (taken == piece.length) {
            piece = run.next();
            taken = 0;
        }
        return piece.length > 0;
    }

    private static String text(ByteArrayOutputStream line) {
        return line.toString(StandardCharsets.UTF_8);
    }

    /** A failure that names the line that came last. */
    ArchiveException wrong(String what) {
        return nonsense("line " + number + " " + what);
    }

    /** A failure because of what the program printed. */
    static ArchiveException nonsense(String what) {
        return new ArchiveException.Refused(OneLine.of("the answer of the archive's program makes no sense: " + what));
    }
}
