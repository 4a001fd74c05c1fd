package dev.cartd.store;

import dev.cartd.store.schema.SchemaCheck;
import java.util.Optional;

/**
 * What {@link Database#sync} did.
 *
 * @param what the kind of change
 * @param from the schema version, such as {@code 1.0}, of a Pacifica Cartd database that was upgraded; empty if it had
 *     none, or if no database of Pacifica Cartd was upgraded
 * @param tables the number of tables that were created
 * @param changes the number of changesets that were applied
 */
public record Synced(What what, Optional<String> from, int tables, int changes) {
    /** The difference between the states of one database before and after a sync. */
    static Synced between(SchemaCheck.Found before, SchemaCheck.Found after) {
        int changes = after.changesets() - before.changesets();
        What what = before.empty() ? What.MADE : changes > 0 ? What.UPGRADED : What.NOTHING;
        boolean pacificas = what == What.UPGRADED && before.changesets() == 0;
        Optional<String> from = pacificas ? before.version() : Optional.empty();
        return new Synced(what, from, after.tables() - before.tables(), changes);
    }

    /** The kind of change. */
    public enum What {
        /** The tables were created; there was no table {@code cart} before. */
        MADE,
        /** The tables of a database with carts were upgraded. */
        UPGRADED,
        /** Nothing was done: the tables were up to date. */
        NOTHING
    }
}
