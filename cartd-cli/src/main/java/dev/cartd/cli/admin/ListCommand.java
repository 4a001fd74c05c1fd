package dev.cartd.cli.admin;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartStatus;
import dev.cartd.cli.command.CommandContext;
import dev.cartd.cli.command.CommandDatabase;
import dev.cartd.cli.command.JsonOption;
import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.print.CartTable;
import dev.cartd.cli.print.Json;
import dev.cartd.store.Database;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Lists the live carts, or the deleted ones. */
@Command(name = "list", description = "List the carts, newest first, with their progress, and why they wait or failed.")
public final class ListCommand implements Callable<Integer> {
    /** How many deleted carts are listed: they are read at once, into memory. */
    private static final int MOST_DELETED = 10_000;

    /** How many carts are listed on a terminal; to a file or a pipe all are written. */
    private static final int MOST_ON_SCREEN = 100;

    private static final int ALL = 0;

    @ParentCommand
    private CommandContext context;

    @Spec
    private CommandSpec spec;

    @Mixin
    private JsonOption json;

    @Mixin
    private WideOption wide;

    @ArgGroup
    private Which which = new Which();

    private static final class Which {
        @Option(names = "--failed", description = "show only carts in error")
        private boolean failed;

        @Option(
                names = "--deleted",
                description = "show the carts that were deleted, evicted or purged lately, the last one first")
        private boolean deleted;
    }

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "show at most N carts, 0 for all; by default 100 on a terminal, else all")
    private @Nullable Integer limit;

    @Option(names = "--after", paramLabel = "ID", description = "show only carts with lower numbers than this")
    private @Nullable Long after;

    @Override
    public Integer call() {
        check();
        Configuration configuration = context.configuration();
        try (Database database = CommandDatabase.openUsable(configuration)) {
            CommandDatabase.warnIfOtherVolume(
                    configuration, database, spec.commandLine().getErr());
            OptionalInt screen = json.wanted() ? OptionalInt.empty() : context.screen();
            Page page = new Page(carts(database), most(screen.isPresent()));
            if (json.wanted()) {
                write(page);
            } else {
                print(page, wide.wanted() ? OptionalInt.empty() : screen);
            }
        }
        return CommandLine.ExitCode.OK;
    }

    private void check() {
        if (limit != null && limit < 0) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--limit " + limit + " is less than 0");
        }
        if (after != null && (after < 1 || which.deleted)) {
            String why = which.deleted ? " goes by numbers, --deleted by time: use --limit" : " is no cart's number";
            throw new CommandLine.ParameterException(spec.commandLine(), "--after " + after + why);
        }
    }

    private int most(boolean onScreen) {
        int most = Optional.ofNullable(limit).orElse(onScreen ? MOST_ON_SCREEN : ALL);
        return most == ALL ? Integer.MAX_VALUE : most;
    }

    private Iterator<Cart> carts(Database database) {
        return which.deleted
                ? database.store().deleted(MOST_DELETED).iterator()
                : database.store()
                        .live(Optional.ofNullable(after).orElse(Long.MAX_VALUE))
                        .filter(cart -> !which.failed || cart.status() == CartStatus.ERROR)
                        .iterator();
    }

    private void write(Page page) {
        try (Json answer = new Json(spec.commandLine().getOut())) {
            answer.list("carts", page, answer::cart);
            answer.put("next", page.more().filter(id -> !which.deleted));
        }
    }

    private void print(Page page, OptionalInt screen) {
        PrintWriter out = spec.commandLine().getOut();
        CartTable table = which.deleted
                ? CartTable.ofDeleted(out, Instant.now(), screen)
                : new CartTable(out, Instant.now(), screen);
        while (page.hasNext() && table.add(page.next())) {
            // Ends when the output is closed.
        }
        table.end();
        page.more().ifPresent(this::printMore);
    }

    private void printMore(long last) {
        PrintWriter err = spec.commandLine().getErr();
        String onward = which.deleted ? "" : "--after " + last + " shows those that come next, ";
        err.println("there are more: " + onward + "--limit 0 shows all");
        err.flush();
    }

    /** The first carts of an iterator, up to a number. */
    private static final class Page implements Iterator<Cart> {
        private final Iterator<Cart> carts;
        private int left;
        private long last;

        Page(Iterator<Cart> carts, int most) {
            this.carts = carts;
            this.left = most;
        }

        @Override
        public boolean hasNext() {
            return left > 0 && carts.hasNext();
        }

        @Override
        public Cart next() {
            Cart cart = carts.next();
            left--;
            last = cart.id();
            return cart;
        }

        /** The number of the last cart of the page; empty if no cart follows. */
        Optional<Long> more() {
            return left == 0 && carts.hasNext() ? Optional.of(last) : Optional.empty();
        }
    }
}
