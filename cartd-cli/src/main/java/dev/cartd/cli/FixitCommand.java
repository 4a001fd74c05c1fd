package dev.cartd.cli;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartStatus;
import java.io.PrintWriter;
import java.util.ArrayList;
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

/** Repairs carts, and waits for it. */
@Command(
        name = "fixit",
        description = "Repair carts: hash what they have, pull what is missing or damaged. Exit 0 if all are ready.")
final class FixitCommand implements Callable<Integer> {
    @ParentCommand
    private CartdCommand parent;

    @Spec
    private CommandSpec spec;

    @Option(names = "--cartid", arity = "1..*", paramLabel = "UID", description = "the newest cart of each uid")
    private Set<String> uids = new LinkedHashSet<>();

    @Option(names = "--failed", description = "all carts in error")
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
        StopSignal.interruptingThisThread();
        Configuration configuration = parent.configuration();
        Logs.silent();
        try (Site site = Wiring.site(configuration)) {
            List<Cart> carts = find(site);
            carts.forEach(site.cartd()::restage);
            try (RepairProgress progress = RepairProgress.of(spec.commandLine().getErr(), carts.size())) {
                await(site, carts, progress);
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

    private List<Cart> find(Site site) {
        List<Cart> carts = new ArrayList<>();
        for (String uid : uids) {
            site.cartd()
                    .status(uid)
                    .ifPresentOrElse(
                            carts::add, () -> isNotReady(uid, Optional.empty(), "No cart with uid " + uid + " found"));
        }
        if (failed) {
            site.cartd()
                    .list()
                    .filter(cart -> cart.status() == CartStatus.ERROR && !carts.contains(cart))
                    .forEach(carts::add);
        }
        return carts;
    }

    private void await(Site site, List<Cart> carts, RepairProgress progress) {
        List<Cart> waiting = new ArrayList<>(carts);
        while (!waiting.isEmpty()) {
            List<Cart> still = new ArrayList<>();
            for (Cart cart : waiting) {
                Optional<Cart> now = site.cartd().now(cart);
                if (now.isPresent() && now.get().status().inWork()) {
                    still.add(now.get());
                } else {
                    ended(cart, now, progress);
                }
            }
            progress.show(still);
            waiting = still;
            if (!waiting.isEmpty()) {
                site.await(still.stream()
                        .map(cart -> List.of(cart.epoch(), cart.progress()))
                        .toList());
            }
        }
    }

    private void ended(Cart cart, Optional<Cart> now, RepairProgress progress) {
        progress.ended(cart);
        if (now.isEmpty()) {
            isNotReady(cart.uid(), Optional.empty(), "it was deleted meanwhile");
        } else if (now.get().status() != CartStatus.READY) {
            isNotReady(cart.uid(), now, now.get().reason());
        } else {
            results.add(new Result(cart.uid(), now, ""));
        }
    }

    private void isNotReady(String uid, Optional<Cart> cart, String why) {
        results.add(new Result(uid, cart, why));
        PrintWriter err = spec.commandLine().getErr();
        err.println("cartd: " + CartTable.line(uid) + ": " + CartTable.line(why));
        err.flush();
    }
}
