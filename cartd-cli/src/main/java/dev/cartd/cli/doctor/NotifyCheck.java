package dev.cartd.cli.doctor;

import dev.cartd.cart.FailureText;
import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.config.Key;
import dev.cartd.cli.notify.GuardedSockets;
import dev.cartd.cli.notify.Signature;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Looks at the settings of notices. Sends none. */
final class NotifyCheck implements Check {
    private static final String ABOUT = "notices";

    private final Configuration.Notify settings;

    NotifyCheck(Configuration.Notify settings) {
        this.settings = settings;
    }

    @Override
    public List<Finding> run() {
        List<Finding> found = new ArrayList<>();
        settings.secretFile().ifPresent(file -> found.addAll(key(file)));
        settings.command().ifPresent(program -> found.add(command(program)));
        settings.url().ifPresent(url -> found.add(host(Key.NOTIFY_URL.title(), url.getHost())));
        settings.allowHosts().stream()
                .sorted()
                .forEach(host -> found.add(host(Key.NOTIFY_HOSTS.title(), host.replaceFirst(":[0-9]+$", ""))));
        return found;
    }

    private static List<Finding> key(Path file) {
        List<Finding> found = new ArrayList<>();
        try {
            new Signature(file).check();
            found.add(Finding.ok(ABOUT, "the key in " + file + " can be read"));
        } catch (IOException e) {
            found.add(Finding.bad(ABOUT, Key.NOTIFY_SECRET.title() + ": " + FailureText.of(e)));
        }
        FileRights.readable(file)
                .ifPresent(who -> found.add(
                        Finding.warn(ABOUT, file + " is a secret that can be read by " + who + ": chmod o-r")));
        return found;
    }

    private static Finding command(Path program) {
        String setting = Key.NOTIFY_COMMAND.title() + ": " + program;
        if (!Files.isRegularFile(program)) {
            return Finding.bad(ABOUT, setting + " is not there: install the program, or correct the setting");
        }
        return Files.isExecutable(program)
                ? Finding.ok(ABOUT, setting + " is there")
                : Finding.bad(ABOUT, setting + " is not executable for this user: chmod a+rx it");
    }

    private Finding host(String setting, String host) {
        GuardedSockets sockets = new GuardedSockets(settings.allowNetworks());
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (!sockets.allows(address)) {
                    return Finding.bad(
                            ABOUT,
                            setting + ": " + host + " is " + address.getHostAddress() + ", which is no public address: "
                                    + Key.NOTIFY_NETWORKS.title() + " can allow its network");
                }
            }
            return Finding.ok(ABOUT, setting + ": " + host.toLowerCase(Locale.ROOT) + " may be told");
        } catch (UnknownHostException e) {
            return Finding.bad(ABOUT, setting + ": " + host + " is not known here: correct the name, or look at DNS");
        }
    }
}
