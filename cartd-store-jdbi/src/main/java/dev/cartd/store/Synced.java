package dev.cartd.store;

import dev.cartd.store.schema.SchemaCheck;
import java.util.Optional;

/**
 * What {@link Database#sync} did.
 *
 * @param what in a word
 * @param from the version of the database of Pacifica's that was upgraded, such as {@code 1.0}; empty if it had none,
 *     or was none of Pacifica's
 * @param tables how many tables were made
 * @param changes how many changes of the changelog were made
 */
public record Synced(What what, Optional<String> from, int tables, int changes) {
    /** What was done between two looks at the same database. */
    static Synced between(SchemaCheck.Found before, SchemaCheck.Found after) {
        int changes = after.changesets() - before.changesets();
        What what = before.empty() ? What.MADE : changes > 0 ? What.UPGRADED : What.NOTHING;
        boolean pacificas = what == What.UPGRADED && before.changesets() == 0;
        Optional<String> from = pacificas ? before.version() : Optional.empty();
        return new Synced(what, from, after.tables() - before.tables(), changes);
    }

    /** What was done, in a word. */
    public enum What {
        /** The tables were made in an empty database. */
        MADE,
        /** A database with carts was brought up to date. */
        UPGRADED,
        /** It was up to date already. */
        NOTHING
    }
}
