package dev.cartd.store.space;

import dev.cartd.spi.VolumeStore;
import dev.cartd.store.sql.Connections;
import dev.cartd.store.sql.Dialect;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * The id of the volume on which the carts of a database are, in a table with at most one row. Safe for use by many
 * threads and processes.
 */
public record SqlVolumeStore(Connections connections, InstantSource clock) implements VolumeStore {
    private static final String ID = "select id from cartvolume";
    private static final String CLEAR = "delete from cartvolume";
    private static final String RECORD = "insert into cartvolume (id, marked_at) values (:id, :now)";

    @Override
    public Optional<String> id() {
        return connections.read(SqlVolumeStore::id);
    }

    @Override
    public Optional<String> record(Choice choice) throws IOException {
        try {
            return connections.writeAlone(handle -> record(handle, choice));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public boolean lasts() {
        return true;
    }

    private Optional<String> record(Handle handle, Choice choice) {
        connections.dialect().lock(handle, Dialect.Lock.VOLUME);
        Optional<String> before = id(handle);
        try {
            Optional<String> chosen = choice.of(before);
            chosen.ifPresent(id -> {
                handle.execute(CLEAR);
                handle.createUpdate(RECORD)
                        .bind("id", id)
                        .bind("now", clock.millis())
                        .execute();
            });
            return chosen.or(() -> before);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<String> id(Handle handle) {
        return handle.select(ID).mapTo(String.class).findOne();
    }
}
