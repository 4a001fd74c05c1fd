package dev.cartd.store.sql;

import com.github.kagkarlsson.scheduler.jdbc.DefaultJdbcCustomization;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Stores db-scheduler's times as milliseconds since 1970. db-scheduler's own SQLite support shares one {@code Calendar}
 * between all threads, and now and then reads the time of another row. Safe for use by many threads.
 */
public final class EpochMillis extends DefaultJdbcCustomization {
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
}
