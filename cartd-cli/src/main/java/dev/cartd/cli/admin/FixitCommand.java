package dev.cartd.cli.admin;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartStatus;
import dev.cartd.cli.command.CommandContext;
import dev.cartd.cli.command.JsonOption;
import dev.cartd.cli.command.Logs;
import dev.cartd.cli.command.OperatorSession;
import dev.cartd.cli.command.StopSignal;
import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.config.FailedException;
import dev.cartd.cli.print.CartTable;
import dev.cartd.cli.print.Json;
import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Repairs carts, and waits until all repairs have ended. */
@Command(
        name = "fixit",
        description = "Repair carts: hash what they have, pull what is missing or damaged. Exit 0 if all are ready.")
public final class FixitCommand implements Callable<Integer> {
    @ParentCommand
    private CommandContext context;

    @Spec
    private CommandSpec spec;

    @Option(names = "--cartid", arity = "1..*", paramLabel = "UID", description = "repair the newest cart of each uid")
    private Set<String> uids = new LinkedHashSet<>();

    @Option(names = "--failed", description = "repair all carts in error")
    private boolean failed;

    @Mixin
    private JsonOption json;

    private final List<Result> results = new ArrayList<>();

    private record Result(String uid, Optional<Cart> cart, String reason) {
        boolean ready() {
            return cart.filter(found -> found.status() == CartStatus.READY).isPresent();
        }
    }

    @Override
    public Integer call() {
        if (uids.isEmpty() && !failed) {
            spec.commandLine()
                    .getErr()
                    .println("cartd: nothing to repair: name carts with --cartid UID…, or all in error with --failed");
            if (json.wanted()) {
                write(true);
            }
            return CommandLine.ExitCode.OK; // As Pacifica Cartd's fixit does.
        }
        StopSignal.interruptingThisThread();
        Configuration configuration = context.configuration();
        Logs.onlyErrors();
        try (OperatorSession session = context.session(configuration)) {
            List<Cart> carts = find(session);
            try (RepairProgress progress = RepairProgress.of(spec.commandLine().getErr(), carts.size())) {
                repair(session, carts, configuration.engine().parallelCarts(), progress);
            } catch (CartException.Unavailable e) {
                throw new FailedException("stopped; what was begun is done by the next server", e);
            }
        }
        boolean ready = results.stream().allMatch(Result::ready);
        if (json.wanted()) {
            write(ready);
        }
        return ready ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private void write(boolean ready) {
        try (Json answer = new Json(spec.commandLine().getOut())) {
            answer.put("ready", ready);
            answer.list(
                    "carts",
                    results,
                    result -> answer.put("uid", result.uid)
                            .put("id", result.cart.map(Cart::id))
                            .put("status", result.cart.map(cart -> cart.status().word()))
                            .put("reason", result.reason));
        }
    }

    private List<Cart> find(OperatorSession session) {
        List<Cart> carts = new ArrayList<>();
        for (String uid : uids) {
            session.cartd()
                    .status(uid)
                    .ifPresentOrElse(carts::add, () -> addFailure(uid, Optional.empty(), NoCart.message(uid)));
        }
        if (failed) {
            session.cartd()
                    .list()
                    .filter(cart -> cart.status() == CartStatus.ERROR && !carts.contains(cart))
                    .forEach(carts::add);
        }
        return carts;
    }

    /** Repairs {@code atOnce} carts at a time, so that new carts do not wait behind thousands of repairs. */
    private void repair(OperatorSession session, List<Cart> carts, int atOnce, RepairProgress progress) {
        Deque<Cart> waiting = new ArrayDeque<>(carts);
        List<Cart> working = new ArrayList<>();
        while (!waiting.isEmpty() || !working.isEmpty()) {
            while (!waiting.isEmpty() && working.size() < atOnce) {
                working.add(begin(session, waiting.remove()));
            }
            working = stillWorking(session, working, progress);
            progress.show(working);
            if (!working.isEmpty()) {
                session.await(working.stream()
                        .map(cart -> List.of(cart.id(), cart.epoch(), cart.progress()))
                        .toList());
            }
        }
    }

    private static Cart begin(OperatorSession session, Cart cart) {
        // Fails for a cart that changed since it was found: then it is read again.
        if (!session.cartd().restage(cart)) {
            session.cartd().reload(cart).filter(now -> !now.status().inWork()).ifPresent(session.cartd()::restage);
        }
        return cart;
    }

    private List<Cart> stillWorking(OperatorSession session, List<Cart> working, RepairProgress progress) {
        List<Cart> still = new ArrayList<>();
        for (Cart cart : working) {
            Optional<Cart> now = session.cartd().reload(cart);
            if (now.isPresent() && now.get().status().inWork()) {
                still.add(now.get());
            } else {
                ended(cart, now, progress);
            }
        }
        return still;
    }

    private void ended(Cart cart, Optional<Cart> now, RepairProgress progress) {
        progress.ended(cart);
        if (now.isEmpty()) {
            addFailure(cart.uid(), Optional.empty(), "it was deleted meanwhile");
        } else if (now.get().status() != CartStatus.READY) {
            addFailure(cart.uid(), now, now.get().reason());
        } else {
            results.add(new Result(cart.uid(), now, ""));
        }
    }

    private void addFailure(String uid, Optional<Cart> cart, String why) {
        results.add(new Result(uid, cart, why));
        PrintWriter err = spec.commandLine().getErr();
        err.println("cartd: " + CartTable.line(uid) + ": " + CartTable.line(why));
        err.flush();
    }
}
