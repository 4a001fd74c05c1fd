package dev.cartd.cli.print;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The terminal that standard output is, if it is one. */
public final class Screen {
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,4}");
    private static final Pattern SIZE = Pattern.compile("[0-9]+ ([1-9][0-9]{0,4})\\s*");

    /** Says "rows columns" on its standard error; its standard output has to stay ours. */
    private static final String ASK = "test -t 1 && stty size <&1 >&2";

    private Screen() {}

    /** How many columns it has, by {@code $COLUMNS} or as it says itself; empty if it is none, or does not say. */
    public static OptionalInt width(Map<String, String> environment) {
        OptionalInt own = ask();
        String columns = environment.getOrDefault("COLUMNS", "");
        return own.isPresent() && NUMBER.matcher(columns).matches() ? OptionalInt.of(Integer.parseInt(columns)) : own;
    }

    private static OptionalInt ask() {
        try {
            Process asked = new ProcessBuilder("sh", "-c", ASK)
                    .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try {
                asked.getOutputStream().close();
                boolean answered = asked.waitFor(2, TimeUnit.SECONDS) && asked.exitValue() == 0;
                byte[] said = answered ? asked.getErrorStream().readAllBytes() : new byte[0];
                Matcher size = SIZE.matcher(new String(said, StandardCharsets.US_ASCII));
                return size.matches() ? OptionalInt.of(Integer.parseInt(size.group(1))) : OptionalInt.empty();
            } finally {
                asked.destroyForcibly();
            }
        } catch (IOException e) {
            // There is no shell: lines stay as long as they are.
            return OptionalInt.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return OptionalInt.empty();
        }
    }
}
