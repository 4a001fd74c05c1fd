package dev.cartd.store.postgres;

import com.github.kagkarlsson.scheduler.jdbc.JdbcTaskRepositoryContext;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import com.github.kagkarlsson.scheduler.task.Execution;
import dev.cartd.store.sql.Dialect;
import dev.cartd.store.sql.EpochMillis;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stores db-scheduler's times as milliseconds since 1970, as on SQLite, and leaves instances to other processes: see
 * {@link Dialect.Picks}.
 */
final class PostgresSteps extends PostgreSqlJdbcCustomization {
    private final Dialect.Picks picks;

    PostgresSteps(Dialect.Picks picks) {
        super(false, true);
        this.picks = picks;
    }

    @Override
    public List<Execution> lockAndFetchSingleStatement(
            JdbcTaskRepositoryContext context, Instant now, int limit, boolean inOrder) {
        int most = Math.min(limit, picks.free());
        // The old ones first; they get a heartbeat of that time, and a little too early does no harm.
        Instant due = most == limit ? now : now.minus(picks.left());
        List<Execution> picked = new ArrayList<>(super.lockAndFetchSingleStatement(context, due, limit, inOrder));
        if (most < limit && picked.size() < most) {
            picked.addAll(super.lockAndFetchSingleStatement(context, now, most - picked.size(), inOrder));
        }
        picks.picked(picked.size());
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
