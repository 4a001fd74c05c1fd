package dev.cartd.store.sql;

import com.github.kagkarlsson.scheduler.jdbc.DefaultJdbcCustomization;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * db-scheduler on SQLite, its times as milliseconds since 1970. The library's own way for SQLite shares one Calendar
 * between all threads, and now and then reads a time that is another row's.
 */
public final class EpochMillis extends DefaultJdbcCustomization {
    /** For all threads. */
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

    /** Sets a parameter. */
    public static void set(PreparedStatement statement, int index, @Nullable Instant value) throws SQLException {
        if (value == null) {
            statement.setNull(index, Types.BIGINT);
        } else {
            statement.setLong(index, value.toEpochMilli());
        }
    }

    /** Reads a column. */
    public static @Nullable Instant get(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(millis);
    }

    @Override
    public String getQueryLimitPart(int limit) {
        return " limit " + limit;
    }
}
