package dev.cartd.cli.command;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import dev.cartd.cli.config.CherryPyFile;
import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.config.FailedException;
import dev.cartd.spi.AuditLog;
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

    /**
     * Applies the settings of the log, except for the access log, which the server writes, and for the audit file,
     * which {@link #audit} opens.
     */
    public static void apply(Configuration.Log log) {
        if (log.json()) {
            logger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders().forEachRemaining(Logs::writeJson);
        }
    }

    private static void writeJson(Appender<ILoggingEvent> appender) {
        if (appender instanceof OutputStreamAppender<ILoggingEvent> stream) {
            stream.setEncoder(json(logger(Logger.ROOT_LOGGER_NAME).getLoggerContext()));
        }
    }

    private static Encoder<ILoggingEvent> json(LoggerContext context) {
        JsonEncoder json = new JsonEncoder();
        json.setContext(context);
        json.setWithSequenceNumber(false);
        json.setWithNanoseconds(false);
        json.setWithContext(false);
        json.setWithMarkers(false);
        json.setWithMDC(false);
        json.setWithKVPList(false);
        json.setWithMessage(false);
        json.setWithArguments(false);
        json.setWithFormattedMessage(true);
        json.start();
        return json;
    }

    /**
     * Opens the audit file, and makes it if it is not there: only for what may change carts. Also for a command, whose
     * own log has only warnings: then these lines are in the file only.
     *
     * @param who who runs this process
     * @throws FailedException if the file cannot be written
     */
    public static void audit(Path path, String who) {
        ch.qos.logback.classic.Logger audit = logger(AuditLog.NAME);
        audit.setLevel(Level.INFO);
        Appender<ILoggingEvent> before = audit.getAppender(path.toString());
        if (before != null) {
            audit.detachAppender(before);
            before.stop();
        }
        audit.addAppender(file(path, "the audit log", LogSetup.encoder(audit.getLoggerContext(), new AuditLine(who))));
    }

    /** Logs only warnings and errors from now on: for a command that prints for people. */
    public static void onlyWarnings() {
        only(Level.WARN);
    }

    /** Logs only errors from now on: for a command that prints itself what goes wrong. */
    public static void onlyErrors() {
        only(Level.ERROR);
    }

    private static void only(Level level) {
        logger(Logger.ROOT_LOGGER_NAME).setLevel(level);
        logger(AuditLog.NAME).setAdditive(false);
    }

    private static void toFile(Path path) {
        ch.qos.logback.classic.Logger root = logger(Logger.ROOT_LOGGER_NAME);
        root.addAppender(file(path, "the log", LogSetup.encoder(root.getLoggerContext(), new LogLine())));
    }

    private static FileAppender<ILoggingEvent> file(Path path, String what, Encoder<ILoggingEvent> encoder) {
        FileAppender<ILoggingEvent> appender = new FileAppender<>();
        appender.setContext(logger(Logger.ROOT_LOGGER_NAME).getLoggerContext());
        appender.setName(path.toString());
        appender.setFile(path.toString());
        appender.setEncoder(encoder);
        appender.start();
        if (!appender.isStarted()) {
            throw new FailedException(
                    "cannot write " + what + " to " + path + ": check that its directory is writable");
        }
        return appender;
    }

    private static ch.qos.logback.classic.Logger logger(String name) {
        return (ch.qos.logback.classic.Logger) LoggerFactory.getLogger(name);
    }
}
