package dev.cartd.store.rows;

import dev.cartd.store.sql.Dialect;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jdbi.v3.core.statement.SqlStatement;

/**
 * When a cart changes or is used. Pacifica Cartd goes by a local time, which is told in its form; cartd goes by the
 * instant, as long as that local time is still what cartd wrote.
 *
 * @param local in the form that Pacifica Cartd stores
 */
public record Moment(Instant instant, Object local) {
    /** An instant, and the same in the form that this database stores for Pacifica Cartd. */
    public static Moment of(Dialect dialect, Instant instant) {
        return new Moment(instant, dialect.moment(instant));
    }

    /** Sets the last change or use of a cart; to be {@linkplain #in bound}. */
    public static final String USED = "updated_date = :now, used_as = :now, used_at = :usedAt";

    /** Binds {@code :now} and {@code :usedAt}. */
    public <S extends SqlStatement<S>> S in(S statement) {
        return statement.bind("now", local).bind("usedAt", micros());
    }

    /** Microseconds since 1970, which is as exact as the local times are. */
    public long micros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }
}
