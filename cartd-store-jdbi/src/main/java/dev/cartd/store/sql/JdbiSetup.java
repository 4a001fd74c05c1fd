package dev.cartd.store.sql;

import java.time.temporal.ChronoUnit;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates the JDBI access to a data source, with a log of all statements if that is enabled. */
final class JdbiSetup {
    private static final Logger SQL = LoggerFactory.getLogger("dev.cartd.store.sql");

    private JdbiSetup() {}

    static Jdbi jdbi(DataSource source, Dialect dialect, boolean logged) {
        Jdbi jdbi = Jdbi.create(source);
        jdbi.getConfig(SqlStatements.class).setUnusedBindingAllowed(true);
        if (logged) {
            jdbi.setSqlLogger(new Log(dialect));
        }
        return jdbi;
    }

    /** Logs one line for each statement, without its values. */
    private record Log(Dialect dialect) implements SqlLogger {
        @Override
        public void logAfterExecution(StatementContext context) {
            SQL.info("{} ms: {}", context.getElapsedTime(ChronoUnit.MILLIS), oneLine(context));
        }

        @Override
        public void logException(StatementContext context, java.sql.SQLException e) {
            SQL.info("failed, {}: {}", SqlReason.of(dialect, e), oneLine(context));
        }

        private static String oneLine(StatementContext context) {
            return String.valueOf(context.getRawSql()).replaceAll("\\s+", " ").trim();
        }
    }
}
