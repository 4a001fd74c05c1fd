package dev.cartd.cli.print;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The terminal, if standard output is one. */
public final class Screen {
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,4}");
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,5}) ([1-9][0-9]{0,4})\\s*");

    private static final int ROWS = 1;
    private static final int COLUMNS = 2;

    /** Prints "rows columns" on its standard error, since it asks the terminal on its standard output. */
    private static final String ASK = "test -t 1 && stty size <&1 >&2";

    private Screen() {}

    /**
     * The number of columns: {@code $COLUMNS} if that is set, else what the terminal reports; empty if standard output
     * is no terminal or does not report it.
     */
    public static OptionalInt width(Map<String, String> environment) {
        OptionalInt own = ask(COLUMNS);
        String columns = environment.getOrDefault("COLUMNS", "");
        return own.isPresent() && NUMBER.matcher(columns).matches() ? OptionalInt.of(Integer.parseInt(columns)) : own;
    }

    /** The number of rows that the terminal reports; empty if standard output is no terminal or does not report it. */
    public static OptionalInt height() {
        OptionalInt rows = ask(ROWS);
        return rows.isPresent() && rows.getAsInt() > 0 ? rows : OptionalInt.empty();
    }

    private static OptionalInt ask(int which) {
        try {
            Process asked = new ProcessBuilder("sh", "-c", ASK)
                    .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try {
                asked.getOutputStream().close();
                boolean answered = asked.waitFor(2, TimeUnit.SECONDS) && asked.exitValue() == 0;
                byte[] said = answered ? asked.getErrorStream().readAllBytes() : new byte[0];
                Matcher size = SIZE.matcher(new String(said, StandardCharsets.US_ASCII));
                return size.matches() ? OptionalInt.of(Integer.parseInt(size.group(which))) : OptionalInt.empty();
            } finally {
                asked.destroyForcibly();
            }
        } catch (IOException e) {
            // There is no shell: lines are not cut.
            return OptionalInt.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return OptionalInt.empty();
        }
    }
}
