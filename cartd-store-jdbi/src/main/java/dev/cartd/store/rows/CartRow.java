package dev.cartd.store.rows;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Durability;
import dev.cartd.cart.Standstill;
import dev.cartd.cart.Wait;
import dev.cartd.store.sql.LocalTimeText;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * Maps a row of {@code cart} to a {@link Cart}. It accepts any row, such as those of Pacifica Cartd, so that one
 * invalid row does not hide the others. Stateless, and safe for use by many threads.
 */
public final class CartRow implements RowMapper<Cart> {
    /** The SQL expression for the state of a cart; an unknown status counts as {@code error}. */
    public static final String STATE = """
            case when deleted_date is not null or status = 'deleted' then 'deleted'
                 when status in ('waiting', 'staging', 'bundling', 'ready') then status
                 else 'error' end""";

    /** The SQL condition that a cart is in work. */
    public static final String IN_WORK = "status in ('waiting', 'staging', 'bundling') and deleted_date is null";

    /** The SQL condition that a cart is live, which means not deleted. */
    public static final String LIVE = "deleted_date is null and status <> 'deleted'";

    /** The SQL condition that a cart is deleted and may still have files on the volume. */
    public static final String LEFT_OVER = "leftovers <> 0 and (deleted_date is not null or status = 'deleted')";

    /** The SQL assignments that end a standstill; see {@link Standstill#ended}. */
    public static final String ENDED =
            "stalled = 0, wait_kind = null, wait_since = null, waited = null, wait_limit = null,"
                    + " wait_detail = null";

    /** The columns that {@link #used} reads. */
    public static final String USED =
            "updated_date, used_at, case when used_as = updated_date then 1 else 0 end as is_ours";

    /**
     * The columns that this mapper reads. Rows of Pacifica Cartd have no counts: those are computed from their files.
     */
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
                micros(row, "created_at").orElse(LocalTimeText.parse(row.getString("creation_date"))),
                used(row),
                moment(row, "ready_at"),
                LocalTimeText.local(row.getString(row.getString("ready_at") == null ? "creation_date" : "ready_local")),
                row.getLong("epoch"),
                progress(row),
                row.getLong("held"),
                moment(row, "kept_until"),
                standstill(row),
                Durability.of(text(row, "boot")));
    }

    /**
     * The time of the last use of the cart. {@code used_at} is exact, but only valid while {@code updated_date} is
     * still what cartd wrote. Otherwise Pacifica Cartd has used the cart since: its local time is read in the time zone
     * of this node, and counts unless it is before {@code used_at}.
     *
     * @throws SQLException if the driver fails
     */
    public static Instant used(ResultSet row) throws SQLException {
        Optional<Instant> ours = micros(row, "used_at");
        if (ours.isPresent() && row.getInt("is_ours") == 1) {
            return ours.get();
        }
        Instant updated = LocalTimeText.parse(row.getString("updated_date"));
        return ours.filter(updated::isBefore).orElse(updated);
    }

    /**
     * The text of a column; empty if it is null.
     *
     * @throws SQLException if the driver fails
     */
    public static String text(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNullElse(row.getString(column), "");
    }

    private static String reason(ResultSet row, CartStatus state) throws SQLException {
        if (state == CartStatus.STAGING && number(row, "queued_at") != null) {
            return text(row, "waits");
        }
        String word = text(row, "status");
        String error = text(row, "error");
        return state == CartStatus.ERROR && !word.equals(CartStatus.ERROR.word()) ? unknownState(word, error) : error;
    }

    /** The reason of a cart or file whose state in the database is not known; it counts as {@code error}. */
    static String unknownState(String word, String error) {
        return ("its state in the database is not known: " + word + " " + error).trim();
    }

    /**
     * Whether the cart is a tar on disk. The first versions of Pacifica Cartd had no column for that; the name of the
     * file that they made tells.
     *
     * @throws SQLException if the driver fails
     */
    public static boolean bundle(ResultSet row) throws SQLException {
        boolean stored = row.getBoolean("bundle");
        return row.wasNull() ? text(row, "bundle_path").endsWith("/" + text(row, "cart_uid") + ".tar") : stored;
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
        Long total = number(row, "total_bytes");
        return new Cart.Progress(
                row.getInt("files"),
                row.getInt("staged"),
                total == null || total < 0 ? OptionalLong.empty() : OptionalLong.of(total),
                row.getLong("staged_bytes"));
    }

    /**
     * A column of milliseconds since 1970; empty if it is null.
     *
     * @throws SQLException if the driver fails
     */
    public static Optional<Instant> moment(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(number(row, column)).map(Instant::ofEpochMilli);
    }

    /** A column of microseconds since 1970; empty if it is null. */
    private static Optional<Instant> micros(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(number(row, column)).map(micros -> Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
    }

    private static @Nullable Long number(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : value;
    }
}
