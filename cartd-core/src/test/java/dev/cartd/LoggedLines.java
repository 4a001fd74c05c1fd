package dev.cartd;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** What cartd logs from now on, until it is closed. */
final class LoggedLines extends Handler implements AutoCloseable {
    private final Logger logger = Logger.getLogger("dev.cartd");
    private final SimpleFormatter formatter = new SimpleFormatter();
    private final List<String> lines = new CopyOnWriteArrayList<>();

    LoggedLines() {
        logger.addHandler(this);
    }

    /** The warnings that contain this. */
    List<String> warnings(String part) {
        return lines(Level.WARNING, part);
    }

    /** The other events that contain this. */
    List<String> infos(String part) {
        return lines(Level.INFO, part);
    }

    private List<String> lines(Level level, String part) {
        return lines.stream()
                .filter(line -> line.startsWith(level + " ") && line.contains(part))
                .map(line -> line.substring(level.getName().length() + 1))
                .toList();
    }

    @Override
    public void publish(LogRecord event) {
        lines.add(event.getLevel() + " " + formatter.formatMessage(event));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
