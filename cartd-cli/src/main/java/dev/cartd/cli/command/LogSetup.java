package dev.cartd.cli.command;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.jul.LevelChangePropagator;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.status.NopStatusListener;
import ch.qos.logback.core.util.OptionHelper;
import java.util.Map;
import org.slf4j.Logger;

/**
 * Configures Logback: the levels, and one line for each event on standard error. It is code, since reading a file of
 * XML takes longer than most commands. Does nothing if {@code -Dlogback.configurationFile} names a file. Public because
 * Logback creates it.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {
    /** The appender that writes to standard error. */
    static final String SCREEN = "screen";

    private static final Map<String, Level> LEVELS = Map.ofEntries(
            Map.entry(Logger.ROOT_LOGGER_NAME, Level.INFO),
            // Logs with stack traces what cartd logs in one line (the database is away), and what is harmless (two
            // nodes found a third one dead at the same time).
            Map.entry("com.github.kagkarlsson", Level.OFF),
            // Warns with a stack trace of each connection that a database cuts; cartd logs in one line that it is away.
            Map.entry("com.zaxxer.hikari", Level.ERROR),
            Map.entry("io.javalin", Level.WARN),
            // Only logs that it could not start, which cartd logs better.
            Map.entry("io.javalin.Javalin", Level.OFF),
            Map.entry("liquibase", Level.WARN),
            Map.entry("okhttp3", Level.WARN),
            Map.entry("org.eclipse.jetty", Level.WARN),
            // Logs with stack traces why SQLite cannot be loaded, which cartd logs in one line.
            Map.entry("org.sqlite.SQLiteJDBCLoader", Level.OFF),
            // Logs whatever a client sent as its Host.
            Map.entry("org.eclipse.jetty.util.HostPort", Level.OFF));

    /** For Logback. */
    public LogSetup() {}

    @Override
    public ExecutionStatus configure(LoggerContext logback) {
        if (OptionHelper.getSystemProperty("logback.configurationFile") != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        logback.getStatusManager().add(new NopStatusListener());
        propagate(logback);
        LEVELS.forEach((name, level) -> logback.getLogger(name).setLevel(level));
        ConsoleAppender<ILoggingEvent> screen = new ConsoleAppender<>();
        screen.setContext(logback);
        screen.setName(SCREEN);
        screen.setTarget("System.err");
        screen.setEncoder(encoder(logback, new LogLine()));
        screen.start();
        logback.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(screen);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Encodes events as this layout writes them. */
    static LayoutWrappingEncoder<ILoggingEvent> encoder(LoggerContext logback, LayoutBase<ILoggingEvent> line) {
        line.setContext(logback);
        line.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(logback);
        encoder.setLayout(line);
        encoder.start();
        return encoder;
    }

    /** Passes the levels to java.util.logging, so that it does not create events that are not logged. */
    private static void propagate(LoggerContext logback) {
        LevelChangePropagator propagator = new LevelChangePropagator();
        propagator.setContext(logback);
        propagator.setResetJUL(true);
        propagator.start();
        logback.addListener(propagator);
    }
}
