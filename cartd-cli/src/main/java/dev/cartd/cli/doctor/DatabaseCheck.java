package dev.cartd.cli.doctor;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.HumanText;
import dev.cartd.cli.command.CommandDatabase;
import dev.cartd.cli.config.Configuration;
import dev.cartd.store.CartSums;
import dev.cartd.store.Database;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks at the database, what is in it, and whether its volume is the configured one. */
final class DatabaseCheck implements Check {
    private static final Duration SLOW = Duration.ofMillis(500);

    /** How far apart the clocks of two machines may be. */
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(1);

    private final Configuration configuration;

    DatabaseCheck(Configuration configuration) {
        this.configuration = configuration;
    }

    @Override
    public List<Finding> run() {
        if (!Database.exists(configuration.database())) {
            return List.of(Finding.warn("database", CommandDatabase.empty(configuration) + ", or start cartd serve"));
        }
        try (Database database = CommandDatabase.open(configuration)) {
            Optional<String> problem = CommandDatabase.problem(configuration, database.check());
            return problem.isPresent() ? List.of(Finding.bad("database", problem.get())) : contents(database);
        } catch (CartException.Unavailable e) {
            return List.of(Finding.bad("database", e.getMessage()));
        }
    }

    private List<Finding> contents(Database database) {
        List<Finding> found = new ArrayList<>();
        long begun = System.nanoTime();
        CartSums sums = database.sums();
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        String text = configuration.database().place() + ": "
                + sums.carts().values().stream().mapToLong(Long::longValue).sum() + " carts";
        found.add(
                took.compareTo(SLOW) > 0
                        ? Finding.warn(
                                "database",
                                text + ", but it took " + took.toMillis()
                                        + " ms to count them: look at its disk, or at its server")
                        : Finding.ok("database", text));
        carts(sums).ifPresent(found::add);
        notices(database).ifPresent(found::add);
        clock(database).ifPresent(found::add);
        found.add(CommandDatabase.volume(configuration, database)
                .problem()
                .map(problem -> Finding.bad("mark", problem))
                .orElseGet(() -> Finding.ok("mark", "the volume is the one of this database")));
        return found;
    }

    private static Optional<Finding> carts(CartSums sums) {
        long failed = sums.carts().getOrDefault(CartStatus.ERROR, 0L);
        return failed == 0
                ? Optional.empty()
                : Optional.of(Finding.warn(
                        "carts", failed + " carts have failed: cartd list --failed says why, cartd fixit repairs"));
    }

    private static Optional<Finding> notices(Database database) {
        return database.notices().list(1).stream()
                .filter(notice -> notice.due().isEmpty())
                .findFirst()
                .map(notice -> Finding.warn(
                        "notices",
                        "some were given up: cartd notices says why, cartd notices --retry sends them again"));
    }

    /** A cart that was used in the future shows that the clocks of two nodes differ, or that one was set back. */
    private static Optional<Finding> clock(Database database) {
        Instant now = Instant.now();
        List<Cart> newest = database.store().live(Long.MAX_VALUE, 1);
        return newest.stream()
                .map(Cart::updated)
                .filter(used -> used.isAfter(now.plus(CLOCKS_DIFFER)))
                .findFirst()
                .map(used -> Finding.bad(
                        "clock",
                        "a cart was used at " + HumanText.moment(used) + ", but here it is " + HumanText.moment(now)
                                + ": set the clock of this machine, or of another node, by NTP"));
    }
}
