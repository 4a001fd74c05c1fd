package dev.cartd.cli.doctor;

import dev.cartd.cart.FailureText;
import dev.cartd.cart.HumanText;
import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.config.Key;
import dev.cartd.server.NewToken;
import dev.cartd.server.ServerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks at the files of tokens, and at the certificate and its key. */
final class AccessCheck implements Check {
    /** A certificate that ends within this time should have been renewed by now. */
    private static final Duration RENEWED = Duration.ofDays(30);

    private final Configuration.Access access;

    AccessCheck(Configuration.Access access) {
        this.access = access;
    }

    @Override
    public List<Finding> run() {
        List<Finding> found = new ArrayList<>();
        access.clientTokens().ifPresent(file -> found.addAll(tokens(Key.CLIENT_TOKENS.title(), file)));
        access.adminTokens().ifPresent(file -> found.addAll(tokens(Key.ADMIN_TOKENS.title(), file)));
        access.tls().ifPresent(files -> found.addAll(tls(files)));
        return found;
    }

    private static List<Finding> tokens(String setting, Path file) {
        List<String> lines;
        try {
            lines = NewToken.lines(file);
        } catch (IOException e) {
            return List.of(Finding.bad(
                    "tokens",
                    setting + ": " + FailureText.of(e) + ", so none of its tokens lets anybody in: correct the setting,"
                            + " or let the user of cartd read the file"));
        }
        List<Finding> found = new ArrayList<>();
        int good = 0;
        for (int i = 0; i < lines.size(); i++) {
            Optional<String> problem = NewToken.problem(lines.get(i));
            String where = setting + ": " + file + ", line " + (i + 1);
            problem.ifPresent(why -> found.add(Finding.warn("tokens", where + " lets nobody in: " + why)));
            good += problem.isEmpty() && NewToken.isToken(lines.get(i)) ? 1 : 0;
        }
        FileRights.writable(file)
                .ifPresent(who -> found.add(Finding.warn(
                        "tokens", file + " can be changed by " + who + ", who so decide who is let in: chmod go-w")));
        found.add(
                0,
                good == 0
                        ? Finding.warn("tokens", setting + ": " + file + " has no token: cartd token NAME makes one")
                        : Finding.ok("tokens", file + " has " + good));
        return found;
    }

    private static List<Finding> tls(ServerConfig.TlsFiles files) {
        List<Finding> found = new ArrayList<>();
        try {
            found.add(valid(files.certificate(), files.validity()));
        } catch (IOException e) {
            found.add(Finding.bad(
                    "tls", FailureText.of(e) + ": the server does not start so; correct the file, or who may read it"));
        }
        FileRights.readable(files.key())
                .ifPresent(who -> found.add(
                        Finding.warn("tls", files.key() + " is a secret that can be read by " + who + ": chmod o-r")));
        return found;
    }

    private static Finding valid(Path certificate, ServerConfig.Validity validity) {
        Instant from = validity.from();
        Instant until = validity.until();
        Instant now = Instant.now();
        if (now.isAfter(until)) {
            return Finding.bad(
                    "tls", certificate + " ended at " + HumanText.moment(until) + ": renew it, clients refuse it");
        }
        if (now.isBefore(from)) {
            return Finding.bad(
                    "tls",
                    certificate + " is not valid before " + HumanText.moment(from)
                            + ": look at the clock of this machine, clients refuse it");
        }
        return now.plus(RENEWED).isAfter(until)
                ? Finding.warn(
                        "tls",
                        certificate + " ends at " + HumanText.moment(until)
                                + ": renew it; the server reads it again by itself")
                : Finding.ok("tls", certificate + " is valid until " + HumanText.moment(until));
    }
}
