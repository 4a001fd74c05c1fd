package dev.cartd.store.schema;

import java.util.logging.Level;
import liquibase.logging.Logger;
import liquibase.logging.core.AbstractLogService;
import liquibase.logging.core.AbstractLogger;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Passes Liquibase's log lines to SLF4J: warnings as warnings, everything else at debug level, since it is useful only
 * for finding faults in Liquibase.
 */
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
            // A failure is thrown as an exception too, and is logged there in one line.
            if (level.intValue() >= Level.WARNING.intValue() && e == null) {
                log.warn(message);
            } else {
                log.debug(message, e);
            }
        }
    }
}
