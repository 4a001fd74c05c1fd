package dev.cartd.store.notices;

import dev.cartd.spi.Notice;
import dev.cartd.spi.Notices;
import dev.cartd.store.rows.CartRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/** Reads notices. */
final class SelectNotices {
    /** No notice waits for longer: one that does was recorded before the clock was set back. */
    private static final Duration LONGEST = Duration.ofHours(1);

    private static final String DUE = """
            select * from (
                select cartnotice.*, row_number() over (partition by host order by due_at, id) as place
                from cartnotice where due_at <= :now or due_at > :far) as waiting
            where place <= :each order by due_at, id limit :most""";
    private static final String ALL =
            "select * from cartnotice order by case when due_at is null then 0 else 1 end, due_at, happened_at, id"
                    + " limit :most";

    private SelectNotices() {}

    static List<Notice> due(Handle handle, int most, Instant now) {
        return handle.createQuery(DUE)
                .bind("now", now.toEpochMilli())
                .bind("far", now.plus(LONGEST).toEpochMilli())
                .bind("each", Notices.MOST_FOR_ONE)
                .bind("most", most)
                .map(SelectNotices::map)
                .list();
    }

    static List<Notice> all(Handle handle, int most) {
        return handle.createQuery(ALL)
                .bind("most", most)
                .map(SelectNotices::map)
                .list();
    }

    private static Notice map(ResultSet row, StatementContext context) throws SQLException {
        long bytes = row.getLong("bytes");
        Optional<Long> known = row.wasNull() ? Optional.empty() : Optional.of(bytes);
        return new Notice(
                CartRow.text(row, "id"),
                Notice.Event.of(CartRow.text(row, "event")),
                row.getLong("cart_id"),
                CartRow.text(row, "cart_uid"),
                CartRow.text(row, "reason"),
                row.getInt("files"),
                known,
                Instant.ofEpochMilli(row.getLong("happened_at")),
                CartRow.text(row, "receiver"),
                CartRow.text(row, "host"),
                row.getInt("tries"),
                CartRow.moment(row, "due_at"),
                CartRow.text(row, "failure"));
    }
}
