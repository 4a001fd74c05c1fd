package dev.cartd.store;

import dev.cartd.store.sql.UseCount;
import java.time.Duration;

/**
 * How this process has used its database so far, for reading or for writing.
 *
 * @param count how many statements or transactions have ended
 * @param failures how many of them failed
 * @param took how long they took together, the wait for a connection included
 * @param active how many connections are in use now
 * @param idle how many connections are open now and not in use
 * @param waiting how many threads wait for a connection now
 * @param most how many connections there may be
 */
public record DatabaseUse(long count, long failures, Duration took, int active, int idle, int waiting, int most) {

    static DatabaseUse of(UseCount use, UseCount.Pool pool) {
        return new DatabaseUse(
                use.count(),
                use.failures(),
                Duration.ofNanos(use.nanos()),
                pool.active(),
                pool.idle(),
                pool.waiting(),
                pool.most());
    }
}
