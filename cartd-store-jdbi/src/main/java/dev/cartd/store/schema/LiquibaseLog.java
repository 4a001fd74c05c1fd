package dev.cartd.store.schema;

import java.util.logging.Level;
import liquibase.logging.Logger;
import liquibase.logging.core.AbstractLogService;
import liquibase.logging.core.AbstractLogger;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Liquibase's log lines, handed to SLF4J. Its chatter is of use to nobody but who looks for a fault in it. */
final class LiquibaseLog extends AbstractLogService {
    @Override
    public int getPriority() {
        return PRIORITY_SPECIALIZED;
    }

    @Override
    @SuppressWarnings("rawtypes") // as Liquibase declares it
    public Logger getLog(Class type) {
        return new Line(LoggerFactory.getLogger(type));
    }

    @SuppressWarnings("try") // Liquibase declares a close() that throws anything
    private static final class Line extends AbstractLogger {
        private final org.slf4j.Logger log;

        Line(org.slf4j.Logger log) {
            this.log = log;
        }

        @Override
        public void log(Level level, @Nullable String message, @Nullable Throwable e) {
            if (level.intValue() == Level.OFF.intValue()) {
                return;
            }
            // A failure comes out as an exception too, and is told there in one line.
            if (level.intValue() >= Level.WARNING.intValue() && e == null) {
                log.warn(message);
            } else {
                log.debug(message, e);
            }
        }
    }
}
