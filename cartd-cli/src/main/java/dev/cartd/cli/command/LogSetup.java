package dev.cartd.cli.command;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.jul.LevelChangePropagator;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.status.NopStatusListener;
import ch.qos.logback.core.util.OptionHelper;
import java.util.Map;
import org.slf4j.Logger;

/**
 * Sets Logback up: what is logged, one line for each event to standard error. It is code, since to read it from a file
 * of XML takes longer than most commands. Leaves all to Logback where {@code -Dlogback.configurationFile} names a file.
 * Created by Logback, which needs it public.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {
    /** The appender that writes to standard error. */
    static final String SCREEN = "screen";

    private static final Map<String, Level> LEVELS = Map.ofEntries(
            Map.entry(Logger.ROOT_LOGGER_NAME, Level.INFO),
            // Tells, with stack traces, what cartd says in a line or what mends itself: that the database is away every
            // few seconds, and that two nodes found a third one dead at once.
            Map.entry("com.github.kagkarlsson", Level.OFF),
            // Warns with a stack trace of each connection that a database cuts; that it is away cartd says, in one
            // line.
            Map.entry("com.zaxxer.hikari", Level.ERROR),
            Map.entry("io.javalin", Level.WARN),
            // Only says that it could not start, which cartd says better.
            Map.entry("io.javalin.Javalin", Level.OFF),
            Map.entry("liquibase", Level.WARN),
            Map.entry("okhttp3", Level.WARN),
            Map.entry("org.eclipse.jetty", Level.WARN),
            // Why SQLite cannot be loaded: with traces, what cartd says in one line.
            Map.entry("org.sqlite.SQLiteJDBCLoader", Level.OFF),
            // Repeats whatever a client sent as its Host.
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
        screen.setEncoder(encoder(logback));
        screen.start();
        logback.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(screen);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Writes events as cartd writes them. */
    static LayoutWrappingEncoder<ILoggingEvent> encoder(LoggerContext logback) {
        LogLine line = new LogLine();
        line.setContext(logback);
        line.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(logback);
        encoder.setLayout(line);
        encoder.start();
        return encoder;
    }

    /** What is not logged, java.util.logging does not even make. */
    private static void propagate(LoggerContext logback) {
        LevelChangePropagator propagator = new LevelChangePropagator();
        propagator.setContext(logback);
        propagator.setResetJUL(true);
        propagator.start();
        logback.addListener(propagator);
    }
}
