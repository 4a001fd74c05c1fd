package dev.cartd.store;

import dev.cartd.store.postgres.Postgres;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;

/**
 * A database as another program sees it, Pacifica Cartd for one, without any setting of ours.
 *
 * @param url as the configuration takes it
 */
public record RawDatabase(String url) {
    private static final String SQLITE = "sqlite:///";

    /** Runs a statement. */
    public void run(String sql, Object... values) {
        jdbi().useHandle(handle -> handle.execute(sql, values));
    }

    /** What a query finds. */
    public List<Map<String, Object>> rows(String sql, Object... values) {
        return jdbi().withHandle(handle -> handle.select(sql, values).mapToMap().list());
    }

    /** How it writes this. */
    public String literal(boolean value) {
        return isSqlite() ? (value ? "1" : "0") : Boolean.toString(value);
    }

    boolean isSqlite() {
        return url.startsWith(SQLITE);
    }

    Jdbi jdbi() {
        if (isSqlite()) {
            return Jdbi.create("jdbc:sqlite:" + url.substring(SQLITE.length()));
        }
        Postgres place = (Postgres) DatabaseUrl.dialect(url);
        return Jdbi.create(place.jdbcUrl(), place.user(), place.password());
    }
}
