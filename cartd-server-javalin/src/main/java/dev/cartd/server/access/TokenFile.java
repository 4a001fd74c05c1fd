package dev.cartd.server.access;

import dev.cartd.cart.FailureText;
import dev.cartd.server.connection.SmallFile;
import dev.cartd.spi.AuditLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens of a file. When somebody comes, and it was not read within the last second, it is read again. While it
 * cannot be read it has no tokens. A line that is no token lets nobody in, and is logged; other lines still count. Safe
 * for use by many threads.
 */
final class TokenFile {
    private static final Logger AUDIT = LoggerFactory.getLogger(AuditLog.NAME);
    private static final long PERIOD = Duration.ofSeconds(1).toNanos();
    private static final int MOST_LOGGED = 10;

    private final String what;
    private final Path path;
    private final LongSupplier nanos;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile long read;
    private volatile List<Token> tokens = List.of();
    /** What the file said last, or why it could not be read. */
    private Object last = "";

    /**
     * Reads the file.
     *
     * @param what whose tokens they are, as the log says it
     * @param nanos the time, like {@link System#nanoTime}
     */
    TokenFile(String what, Path path, LongSupplier nanos) {
        this.what = what;
        this.path = path;
        this.nanos = nanos;
        this.read = nanos.getAsLong();
        read();
    }

    /**
     * The name of the token with this hash. Compares all tokens, so that the time does not say which one is like it.
     */
    Optional<String> name(byte[] hash) {
        if (nanos.getAsLong() - read >= PERIOD && reading.tryLock()) {
            // Others do not wait for the disk: they go by what was read before.
            try {
                read();
                read = nanos.getAsLong();
            } finally {
                reading.unlock();
            }
        }
        Optional<String> name = Optional.empty();
        for (Token token : tokens) {
            if (token.is(hash)) {
                name = Optional.of(token.name());
            }
        }
        return name;
    }

    private void read() {
        try {
            String text = SmallFile.text(path);
            if (!text.equals(last)) {
                last = text;
                tokens = parse(text);
                AUDIT.info("tokens of {}: {} has {}", what, path, tokens.size());
            }
        } catch (IOException e) {
            tokens = List.of();
            List<String> failure = List.of(FailureText.withoutName(e));
            if (!failure.equals(last)) {
                last = failure;
                AUDIT.error(
                        "tokens of {}: {} cannot be read, so none of them lets anybody in: {}",
                        what,
                        path,
                        failure.get(0));
            }
        }
    }

    private List<Token> parse(String text) {
        List<Token> found = new ArrayList<>();
        int number = 0;
        int wrong = 0;
        for (String line : text.split("\\R", -1)) {
            number++;
            if (Token.isComment(line)) {
                continue;
            }
            try {
                found.add(Token.parse(line));
            } catch (IllegalArgumentException e) {
                wrong++;
                if (wrong <= MOST_LOGGED) {
                    AUDIT.warn("tokens of {}: {}, line {} lets nobody in: {}", what, path, number, e.getMessage());
                }
            }
        }
        if (wrong > MOST_LOGGED) {
            AUDIT.warn("tokens of {}: {}, {} more lines let nobody in", what, path, wrong - MOST_LOGGED);
        }
        return List.copyOf(found);
    }
}
