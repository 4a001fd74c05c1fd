package dev.cartd.store.notices;

import dev.cartd.store.DatabaseConfig;
import dev.cartd.store.PostgresFixture;

class PostgresNoticesTest extends NoticesContract {
    @Override
    DatabaseConfig config() {
        return PostgresFixture.cleared();
    }
}
