package dev.cartd.store.schema;

import dev.cartd.cart.CartException;
import dev.cartd.store.sql.Connections;
import dev.cartd.store.sql.Dialect;
import dev.cartd.store.sql.SqlReason;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import liquibase.Scope;
import liquibase.UpdateSummaryEnum;
import liquibase.UpdateSummaryOutputEnum;
import liquibase.command.CommandScope;
import liquibase.command.core.UpdateCommandStep;
import liquibase.command.core.helpers.DbUrlConnectionArgumentsCommandStep;
import liquibase.command.core.helpers.ShowSummaryArgument;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.ClassLoaderResourceAccessor;
import liquibase.ui.LoggerUIService;

/**
 * Applies the changelog to a database, in one transaction under an exclusive lock. The only class that loads Liquibase.
 */
public final class Schema {
    private static final int LOCK_MINUTES = 1;

    private Schema() {}

    /**
     * Creates or upgrades the tables; waits for other processes that do the same.
     *
     * @param busyTimeout how long to wait for them
     * @param current whether the tables are known to be as they should be: then Liquibase, which takes longer to load
     *     than to find that out, is left alone
     * @throws CartException.Unavailable if the database is away or a changeset fails
     */
    public static void sync(Dialect dialect, Duration busyTimeout, boolean current) {
        try (Connection connection = dialect.connect(busyTimeout, Dialect.Use.SYNC)) {
            connection.setAutoCommit(false);
            dialect.lockSchema(connection);
            if (!current) {
                freeStaleLock(connection);
                Connection one = OneTransaction.of(connection);
                Scope.child(settings(), () -> update(one, dialect.changelog()));
            }
            dialect.identify(connection);
            connection.commit();
        } catch (SQLException e) {
            throw Connections.unavailable(dialect, e);
        } catch (Exception e) { // Scope.child declares no less
            throw new CartException.Unavailable(
                    "the database (" + dialect + ") could not be brought up to date: " + SqlReason.of(dialect, e), e);
        }
    }

    /** Keeps Liquibase from printing, asking questions and sending analytics. */
    private static Map<String, Object> settings() {
        return Map.of(
                Scope.Attr.logService.name(),
                new LiquibaseLog(),
                Scope.Attr.ui.name(),
                new LoggerUIService(),
                Scope.Attr.resourceAccessor.name(),
                new ClassLoaderResourceAccessor(Schema.class.getClassLoader()),
                "liquibase.analytics.enabled",
                false,
                "liquibase.changelogLockWaitTimeInMinutes",
                LOCK_MINUTES);
    }

    /**
     * Deletes the row of Liquibase's own lock. Its holder is dead or is another program: every live cartd waits for the
     * lock of this transaction instead.
     */
    private static void freeStaleLock(Connection connection) throws SQLException {
        try (ResultSet found = connection
                        .getMetaData()
                        .getTables(null, connection.getSchema(), "databasechangeloglock", new String[] {"TABLE"});
                Statement statement = connection.createStatement()) {
            if (found.next()) {
                statement.executeUpdate("delete from databasechangeloglock");
            }
        }
    }

    private static void update(Connection connection, String changelog) throws Exception {
        liquibase.database.Database database =
                DatabaseFactory.getInstance().findCorrectDatabaseImplementation(new JdbcConnection(connection));
        new CommandScope(UpdateCommandStep.COMMAND_NAME)
                .addArgumentValue(DbUrlConnectionArgumentsCommandStep.DATABASE_ARG, database)
                .addArgumentValue(UpdateCommandStep.CHANGELOG_FILE_ARG, changelog)
                .addArgumentValue(ShowSummaryArgument.SHOW_SUMMARY, UpdateSummaryEnum.OFF)
                .addArgumentValue(ShowSummaryArgument.SHOW_SUMMARY_OUTPUT, UpdateSummaryOutputEnum.LOG)
                .execute();
    }
}
