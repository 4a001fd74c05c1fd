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
 * Where the log goes. All that log (System.Logger, java.util.logging, SLF4J) end in Logback, which {@link LogSetup}
 * sets up; this class changes what an operator asks to have changed.
 */
public final class Logs {
    private Logs() {}

    /** Takes java.util.logging in; to be called before anything logs. */
    public static void bridge() {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }

    /** What a CherryPy file says of the log; the access log is the server's own. */
    public static void apply(CherryPyFile file) {
        file.errorLog().ifPresent(Logs::toFile);
        if (!file.screen().orElse(true)) {
            logger(Logger.ROOT_LOGGER_NAME).detachAppender(LogSetup.SCREEN);
        }
    }

    /** Only warnings and errors: for a command whose output is for people. */
    public static void quiet() {
        logger(Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
    }

    /** Only errors: for a command that says itself what goes wrong. */
    public static void silent() {
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
            throw new FailedException("cannot write the log to " + path + ": is its directory there, and writable?");
        }
        logger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
    }

    private static ch.qos.logback.classic.Logger logger(String name) {
        return (ch.qos.logback.classic.Logger) LoggerFactory.getLogger(name);
    }
}
