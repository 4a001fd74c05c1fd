package dev.cartd.archive.http;

import dev.cartd.spi.Archive.Found;
import dev.cartd.spi.ArchiveException;
import java.time.Instant;
import java.util.Optional;
import okhttp3.Headers;

/**
 * Reads the headers of an answer about a file, which may contain anything. Immutable.
 *
 * @param sender whose answer it is, for messages, such as {@code the archive}
 */
public record FileHeaders(String sender, Headers headers) {
    /** The value of a header; empty if there is none. */
    public Optional<String> text(String name) {
        return Optional.ofNullable(headers.get(name)).map(String::strip);
    }

    /**
     * The value of a header.
     *
     * @throws ArchiveException.Refused if there is none
     */
    public String required(String name) {
        return text(name).orElseThrow(() -> new ArchiveException.Refused(sender + "'s answer has no " + name));
    }

    /**
     * A size in bytes, 0 or more.
     *
     * @throws ArchiveException.Refused if there is no such header, or its value is no size
     */
    public long size(String name) {
        String text = required(name);
        try {
            long size = Long.parseLong(text);
            if (size >= 0) {
                return size;
            }
        } catch (NumberFormatException e) {
            // Treated like a negative size.
        }
        throw nonsense(name, text);
    }

    /**
     * A date, as {@link Found#mtime} has it.
     *
     * @throws ArchiveException.Refused if there is no such header, or its value is no date
     */
    public long date(String name) {
        String text = required(name);
        Instant date = headers.getInstant(name);
        if (date == null) {
            throw nonsense(name, text);
        }
        return Found.nearestMtime(date);
    }

    /**
     * Requires that the answer has the bytes of a file of this size from {@code from} on.
     *
     * @throws ArchiveException.Refused if it has others
     */
    public void requireRange(long from, long size) {
        String expected = "bytes " + from + "-" + (size - 1) + "/" + size;
        String range = text("Content-Range").orElse("none");
        if (!range.equals(expected)) {
            throw new ArchiveException.Refused(
                    OneLine.of(sender + " sends another range: " + range + ", asked for " + expected));
        }
    }

    /** The exception for a header with a value that cannot be. */
    public ArchiveException nonsense(String name, String text) {
        return new ArchiveException.Refused(OneLine.of(sender + "'s answer makes no sense: " + name + " is " + text));
    }
}
