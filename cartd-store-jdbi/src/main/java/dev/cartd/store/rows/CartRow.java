package dev.cartd.store.rows;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Standstill;
import dev.cartd.cart.Wait;
import dev.cartd.store.sql.LocalTime;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code cart}. The original's rows, and whatever else is in the table, become a cart too: one that cannot be
 * read must not hide the others.
 */
public final class CartRow implements RowMapper<Cart> {
    /** The state of a row; a word that is not known is an error. */
    public static final String STATE = """
            case when deleted_date is not null or status = 'deleted' then 'deleted'
                 when status in ('waiting', 'staging', 'bundling', 'ready') then status
                 else 'error' end""";

    /** Whether a worker still has to bring it further. */
    public static final String IN_WORK = "status in ('waiting', 'staging', 'bundling') and deleted_date is null";

    /** Whether it is seen. */
    public static final String LIVE = "deleted_date is null and status <> 'deleted'";

    /** A deleted one of which something may still be on the volume. */
    public static final String LEFT_OVER = "leftovers <> 0 and (deleted_date is not null or status = 'deleted')";

    /** Ends a standstill; see {@link Standstill#ended}. */
    public static final String ENDED =
            "stalled = 0, wait_kind = null, wait_since = null, waited = null, wait_limit = null,"
                    + " wait_detail = null";

    /** What {@link #used} reads. */
    public static final String USED =
            "updated_date, used_at, case when used_as = updated_date then 1 else 0 end as is_ours";

    /** What this mapper reads. A row that the original wrote has no counts: they are taken from its files. */
    public static final String COLUMNS = "id, cart_uid, bundle, status, " + USED + ", " + STATE + """
             as state, error, bundle_path, creation_date, created_at, ready_at, ready_local, epoch,
            coalesce(file_count, (select count(*) from file where file.cart_id = cart.id)) as files,
            coalesce(staged_count,
                (select count(*) from file where file.cart_id = cart.id and file.status = 'staged')) as staged,
            total_bytes, staged_bytes, held, kept_until, queued_at, waits, boot,
            stalled, counted_at, wait_kind, wait_since, waited, wait_limit, wait_detail""";

    @Override
    public Cart map(ResultSet row, StatementContext context) throws SQLException {
        CartStatus state = CartStatus.of(row.getString("state"));
        return new Cart(
                row.getLong("id"),
                text(row, "cart_uid"),
                bundle(row),
                state,
                reason(row, state),
                text(row, "bundle_path"),
                micros(row, "created_at").orElse(LocalTime.parse(row.getString("creation_date"))),
                used(row),
                moment(row, "ready_at"),
                LocalTime.local(row.getString(row.getString("ready_at") == null ? "creation_date" : "ready_local")),
                row.getLong("epoch"),
                progress(row),
                row.getLong("held"),
                moment(row, "kept_until"),
                standstill(row),
                text(row, "boot"));
    }

    /**
     * When the cart was used last. A local time that cartd did not write is Pacifica's, of a use since then: it is read
     * in the zone of this node, and never makes the cart older than what cartd knows.
     */
    public static Instant used(ResultSet row) throws SQLException {
        Optional<Instant> ours = micros(row, "used_at");
        if (ours.isPresent() && row.getInt("is_ours") == 1) {
            return ours.get();
        }
        Instant told = LocalTime.parse(row.getString("updated_date"));
        return ours.filter(told::isBefore).orElse(told);
    }

    /** The text of a column, empty for none. */
    public static String text(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNullElse(row.getString(column), "");
    }

    private static String reason(ResultSet row, CartStatus state) throws SQLException {
        if (state == CartStatus.STAGING && number(row, "queued_at") != null) {
            return text(row, "waits");
        }
        String word = text(row, "status");
        String error = text(row, "error");
        return state == CartStatus.ERROR && !word.equals(CartStatus.ERROR.word())
                ? ("its state in the database is not known: " + word + " " + error).trim()
                : error;
    }

    /** Whether it is made on disk. The original's first versions did not tell but by the name of what they made. */
    public static boolean bundle(ResultSet row) throws SQLException {
        boolean told = row.getBoolean("bundle");
        return row.wasNull() ? text(row, "bundle_path").endsWith("/" + text(row, "cart_uid") + ".tar") : told;
    }

    private static Standstill standstill(ResultSet row) throws SQLException {
        Optional<Instant> counted = moment(row, "counted_at");
        return new Standstill(
                Duration.ofMillis(row.getLong("stalled")), counted.orElse(Standstill.NEW.counted()), wait(row));
    }

    private static Optional<Wait> wait(ResultSet row) throws SQLException {
        Optional<Wait.Kind> kind = Wait.Kind.of(text(row, "wait_kind"));
        Optional<Instant> since = moment(row, "wait_since");
        if (kind.isEmpty() || since.isEmpty()) {
            return Optional.empty();
        }
        Optional<Duration> limit =
                Optional.ofNullable(number(row, "wait_limit")).map(Duration::ofMillis);
        Duration waited = Duration.ofMillis(row.getLong("waited"));
        return Optional.of(new Wait(kind.get(), since.get(), waited, limit, text(row, "wait_detail")));
    }

    private static Cart.Progress progress(ResultSet row) throws SQLException {
        return new Cart.Progress(
                row.getInt("files"),
                row.getInt("staged"),
                Objects.requireNonNullElse(number(row, "total_bytes"), CartFile.UNKNOWN),
                row.getLong("staged_bytes"));
    }

    /** A column that tells milliseconds since 1970, empty for none. */
    public static Optional<Instant> moment(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(number(row, column)).map(Instant::ofEpochMilli);
    }

    /** A column that tells microseconds since 1970, empty for none. */
    private static Optional<Instant> micros(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(number(row, column)).map(micros -> Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
    }

    private static @Nullable Long number(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : value;
    }
}
