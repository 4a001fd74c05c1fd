package dev.cartd.cli;

import dev.cartd.store.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Tests with a PostgreSQL of their own, whose database {@code synced} has the tables: to be copied by each test. */
abstract class OnPostgres {
    static PostgresServer postgres;

    @BeforeAll
    static void startDatabase() throws Exception {
        postgres = PostgresServer.start();
        LiveServer.sync(postgres.copy("synced", "template0"));
    }

    @AfterAll
    static void stopDatabase() {
        postgres.close();
    }
}
