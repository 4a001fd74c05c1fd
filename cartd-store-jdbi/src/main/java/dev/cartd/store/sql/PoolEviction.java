package dev.cartd.store.sql;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;

/**
 * Decides which connections a pool discards after a failure, in addition to those that the pool itself recognizes as
 * dead.
 */
final class PoolEviction implements SQLExceptionOverride {
    private final Dialect dialect;
    private final Runnable evictAll;

    /** Runs {@code evictAll} after a failure that shows that all connections lead to the wrong server. */
    PoolEviction(Dialect dialect, Runnable evictAll) {
        this.dialect = dialect;
        this.evictAll = evictAll;
    }

    @java.lang.Override
    public SQLExceptionOverride.Override adjudicate(SQLException failure) {
        if (dialect.isDemoted(failure)) {
            evictAll.run();
        }
        return dialect.isSpoilt(failure)
                ? SQLExceptionOverride.Override.MUST_EVICT
                : SQLExceptionOverride.Override.CONTINUE_EVICT;
    }
}
