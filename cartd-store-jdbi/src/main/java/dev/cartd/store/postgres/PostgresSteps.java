package dev.cartd.store.postgres;

import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import dev.cartd.store.sql.EpochMillis;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Stores db-scheduler's times as milliseconds since 1970, as on SQLite. */
final class PostgresSteps extends PostgreSqlJdbcCustomization {
    PostgresSteps() {
        super(false, true);
    }

    @Override
    public String getName() {
        return "PostgreSQL with epoch milliseconds";
    }

    @Override
    public void setInstant(PreparedStatement statement, int index, @Nullable Instant value) throws SQLException {
        EpochMillis.set(statement, index, value);
    }

    @Override
    public @Nullable Instant getInstant(ResultSet row, String column) throws SQLException {
        return EpochMillis.get(row, column);
    }
}
