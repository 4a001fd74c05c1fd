package dev.cartd.store.postgres;

import com.github.kagkarlsson.scheduler.jdbc.JdbcTaskRepositoryContext;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import com.github.kagkarlsson.scheduler.task.Execution;
import dev.cartd.store.sql.EpochMillis;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Stores db-scheduler's times as milliseconds since 1970, as on SQLite, and leaves instances to other processes: see
 * {@link dev.cartd.store.sql.Dialect#steps}.
 */
final class PostgresSteps extends PostgreSqlJdbcCustomization {
    private static final Duration LEFT = Duration.ofSeconds(1);

    private final IntSupplier free;

    PostgresSteps(IntSupplier free) {
        super(false, true);
        this.free = free;
    }

    /** Picks with {@code now} as the first heartbeat, too; a second too early does no harm. */
    @Override
    public List<Execution> lockAndFetchSingleStatement(
            JdbcTaskRepositoryContext context, Instant now, int limit, boolean inOrder) {
        int most = Math.min(limit, free.getAsInt());
        if (most == limit) {
            return super.lockAndFetchSingleStatement(context, now, limit, inOrder);
        }
        List<Execution> picked =
                new ArrayList<>(super.lockAndFetchSingleStatement(context, now.minus(LEFT), limit, inOrder));
        if (picked.size() < most) {
            picked.addAll(super.lockAndFetchSingleStatement(context, now, most - picked.size(), inOrder));
        }
        return picked;
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
