package dev.cartd.store.sql;

import com.github.kagkarlsson.scheduler.jdbc.DefaultJdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.JdbcTaskRepositoryContext;
import com.github.kagkarlsson.scheduler.task.Execution;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stores db-scheduler's times as milliseconds since 1970, and picks all due instances in one transaction.
 * db-scheduler's own SQLite support shares one {@code Calendar} between all threads, and now and then reads the time of
 * another row; and it picks each instance in a transaction of its own. Safe for use by many threads.
 */
public final class EpochMillis extends DefaultJdbcCustomization {
    private static final String PICK = """
            update %1$s set picked = ?, picked_by = ?, last_heartbeat = ?, version = version + 1
            where (task_name, task_instance) in (select task_name, task_instance from %1$s
                where picked = ? and execution_time <= ? order by execution_time limit %2$d)
            returning *""";

    /** Creates a customization that stores times as described above. */
    public EpochMillis() {
        super(true);
    }

    @Override
    public String getName() {
        return "SQLite with epoch milliseconds";
    }

    @Override
    public void setInstant(PreparedStatement statement, int index, @Nullable Instant value) throws SQLException {
        set(statement, index, value);
    }

    @Override
    public @Nullable Instant getInstant(ResultSet row, String column) throws SQLException {
        return get(row, column);
    }

    /**
     * Sets a parameter to milliseconds since 1970, or to null.
     *
     * @throws SQLException if the driver fails
     */
    public static void set(PreparedStatement statement, int index, @Nullable Instant value) throws SQLException {
        if (value == null) {
            statement.setNull(index, Types.BIGINT);
        } else {
            statement.setLong(index, value.toEpochMilli());
        }
    }

    /**
     * Reads a column of milliseconds since 1970; null if the column is null.
     *
     * @throws SQLException if the driver fails
     */
    public static @Nullable Instant get(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(millis);
    }

    @Override
    public String getQueryLimitPart(int limit) {
        return " limit " + limit;
    }

    @Override
    public boolean supportsSingleStatementLockAndFetch() {
        return true;
    }

    @Override
    public List<Execution> lockAndFetchSingleStatement(
            JdbcTaskRepositoryContext context, Instant now, int limit, boolean byPriority) {
        return context.jdbcRunner.query(
                PICK.formatted(context.tableName, limit),
                row -> {
                    row.setBoolean(1, true);
                    row.setString(2, context.schedulerName.getName());
                    set(row, 3, now);
                    row.setBoolean(4, false);
                    set(row, 5, now);
                },
                context.resultSetMapper.get());
    }
}
