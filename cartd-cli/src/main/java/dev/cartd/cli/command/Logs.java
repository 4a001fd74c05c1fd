package dev.cartd.cli.command;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.FileAppender;
import dev.cartd.cli.config.CherryPyFile;
import dev.cartd.cli.config.FailedException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Changes where the log goes and what is in it. All loggers (System.Logger, java.util.logging, SLF4J) write to Logback,
 * which {@link LogSetup} configures.
 */
public final class Logs {
    private Logs() {}

    /** Sends java.util.logging to Logback; to be called before anything logs. */
    public static void bridge() {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }

    /** Applies the settings of a CherryPy file, except for the access log, which the server writes. */
    public static void apply(CherryPyFile file) {
        file.errorLog().ifPresent(Logs::toFile);
        if (!file.screen().orElse(true)) {
            logger(Logger.ROOT_LOGGER_NAME).detachAppender(LogSetup.SCREEN);
        }
    }

    /** Logs only warnings and errors from now on: for a command that prints for people. */
    public static void onlyWarnings() {
        logger(Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
    }

    /** Logs only errors from now on: for a command that prints itself what goes wrong. */
    public static void onlyErrors() {
        logger(Logger.ROOT_LOGGER_NAME).setLevel(Level.ERROR);
    }

    private static void toFile(Path path) {
        LoggerContext context = logger(Logger.ROOT_LOGGER_NAME).getLoggerContext();
        FileAppender<ILoggingEvent> appender = new FileAppender<>();
        appender.setContext(context);
        appender.setName(path.toString());
        appender.setFile(path.toString());
        appender.setEncoder(LogSetup.encoder(context));
        appender.start();
        if (!appender.isStarted()) {
            throw new FailedException("cannot write the log to " + path + ": check that its directory is writable");
        }
        logger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
    }

    private static ch.qos.logback.classic.Logger logger(String name) {
        return (ch.qos.logback.classic.Logger) LoggerFactory.getLogger(name);
    }
}
