package dev.cartd.cli.command;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.pattern.CompositeConverter;

/**
 * Makes one line of an event, whatever text of a client, an archive or a database is in it: line breaks become {@code
 * |}, other characters that do not show are escaped, and the line is not longer than anybody reads. Takes a time that
 * grows with the text and no faster. Created by Logback, which needs it public.
 */
public final class LogLine extends CompositeConverter<ILoggingEvent> {
    /** Enough for a stack trace; a message alone is far shorter. */
    static final int MAX = 16 * 1024;

    /** For Logback. */
    public LogLine() {}

    @Override
    protected String transform(ILoggingEvent event, String text) {
        return of(text);
    }

    static String of(String text) {
        StringBuilder line = new StringBuilder(Math.min(MAX, text.length()) + 16);
        String separator = "";
        int end = Math.min(MAX, text.length());
        for (int at = skipSpace(text, 0); at < end; at = skipSpace(text, at)) {
            line.append(separator);
            int stop = lineEnd(text, at, end);
            append(line, text, at, stop);
            separator = " | ";
            at = stop;
        }
        if (text.length() <= MAX && line.length() <= MAX) {
            return line.toString();
        }
        line.setLength(Math.min(MAX, line.length()));
        return line.append('…').toString();
    }

    private static int skipSpace(String text, int from) {
        int at = from;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    /** Where this line of the text ends, without the space at its end. */
    private static int lineEnd(String text, int from, int most) {
        int end = from;
        for (int i = from; i < most && !isBreak(text.charAt(i)); i++) {
            end = Character.isWhitespace(text.charAt(i)) ? end : i + 1;
        }
        return end;
    }

    private static boolean isBreak(char c) {
        return c == '\n' || c == '\r' || c == '\u2028' || c == '\u2029';
    }

    private static void append(StringBuilder line, String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (shows(c)) {
                line.append(c);
            } else {
                line.append(String.format("\\u%04x", (int) c));
            }
        }
    }

    private static boolean shows(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT -> c == '\t';
            default -> true;
        };
    }
}
