package dev.cartd.store.twins;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.spi.TwinStore;
import dev.cartd.store.sql.Connections;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The twins of the files in a database. Each statement is a class of its own. Safe for use by many threads and
 * processes.
 */
public record SqlTwinStore(Connections connections, InstantSource clock) implements TwinStore {
    @Override
    public Map<Long, Twin> find(Cart claim, List<CartFile> files) {
        return connections.readMuch(handle -> FindTwins.run(handle, files, clock.millis()));
    }

    @Override
    public Optional<Map<Long, Twin>> begin(Cart claim, List<CartFile> files, Instant until) {
        return connections.write(
                handle -> BeginPulls.run(handle, connections.dialect(), claim, files, until, clock.millis()));
    }

    @Override
    public Set<Long> share(Cart claim, Map<Long, Long> twins) {
        return connections.write(handle -> RecordSharing.run(handle, claim, twins));
    }
}
