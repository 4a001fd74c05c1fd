package dev.cartd.cli.command;

import ch.qos.logback.classic.pattern.TargetLengthBasedClassNameAbbreviator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/**
 * Writes each log event as one line, a stack trace and a message of several lines included, whatever text of a client,
 * an archive or a database is in it: line breaks become {@code |}, other invisible characters are escaped, and a long
 * line is cut. Takes linear time. Public so that a configuration of Logback can name it as a layout.
 */
public final class LogLine extends LayoutBase<ILoggingEvent> {
    /** The longest line: enough for a stack trace; a message alone is far shorter. */
    static final int MAX = 16 * 1024;

    private static final int LONGEST_LOGGER = 30;
    private static final int LONGEST_LEVEL = 5;

    private final TargetLengthBasedClassNameAbbreviator logger =
            new TargetLengthBasedClassNameAbbreviator(LONGEST_LOGGER);

    /** Created with the first event, since a command that logs nothing does not need the time zone. */
    private static final class Time {
        private static final DateTimeFormatter FORMAT =
                DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX").withZone(ZoneId.systemDefault());
    }

    /** For Logback. */
    public LogLine() {}

    @Override
    public String doLayout(ILoggingEvent event) {
        String level = event.getLevel().toString();
        return Time.FORMAT.format(Instant.ofEpochMilli(event.getTimeStamp()))
                + ' '
                + level
                + " ".repeat(LONGEST_LEVEL - level.length())
                + ' '
                + logger.abbreviate(event.getLoggerName())
                + " - "
                + of(text(event))
                + '\n';
    }

    private static String text(ILoggingEvent event) {
        String message = event.getFormattedMessage();
        return event.getThrowableProxy() == null
                ? message
                : message + '\n' + ThrowableProxyUtil.asString(event.getThrowableProxy());
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

    /** The end of this line of the text, without trailing space. */
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
