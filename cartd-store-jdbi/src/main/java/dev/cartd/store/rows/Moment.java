package dev.cartd.store.rows;

import dev.cartd.store.sql.Dialect;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jdbi.v3.core.statement.SqlStatement;

/**
 * The time of a change or use of a cart, in both forms that are stored. Pacifica Cartd reads the local time; cartd
 * reads the instant while the local time is still what cartd wrote.
 *
 * @param instant the time
 * @param local the same as local time, in the form that Pacifica Cartd stores
 */
public record Moment(Instant instant, Object local) {
    /** An instant together with its local time in the form of this database. */
    public static Moment of(Dialect dialect, Instant instant) {
        return new Moment(instant, dialect.moment(instant));
    }

    /** The SQL assignments of the last use of a cart; {@link #in} binds their values. */
    public static final String USED = "updated_date = :now, used_as = :now, used_at = :usedAt";

    /** The SQL assignments that delete a cart, except for its reason; {@link #in} binds their values. */
    public static final String DELETED =
            "status = 'deleted', deleted_date = :now, " + USED + ", leftovers = 1, reserved = 0, " + CartRow.ENDED;

    /** Binds {@code :now} and {@code :usedAt}, and returns the statement. */
    public <S extends SqlStatement<S>> S in(S statement) {
        return statement.bind("now", local).bind("usedAt", micros());
    }

    /** Microseconds since 1970, the precision of the local times. */
    public long micros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }
}
