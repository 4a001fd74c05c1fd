package dev.cartd.cli.serve;

import dev.cartd.cli.command.CommandContext;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd when a service is ready and when it stops, if its unit has {@code Type=notify}: then systemd sets
 * {@code NOTIFY_SOCKET}. Java has no datagrams on Unix sockets, so systemd's own program sends them, which needs
 * {@code NotifyAccess=all}. A service that cannot tell goes on; the log has a warning.
 */
final class Systemd {
    private static final Logger LOG = LoggerFactory.getLogger(Systemd.class);
    private static final String PROGRAM = "systemd-notify";
    private static final String SOCKET = "NOTIFY_SOCKET";
    private static final long SECONDS = 5;

    private final Optional<String> socket;

    private Systemd(Optional<String> socket) {
        this.socket = socket;
    }

    static Systemd of(CommandContext context) {
        return new Systemd(context.variable(SOCKET));
    }

    /** Who starts this service, or waits for it, goes on now. {@code status} is a line of {@code systemctl status}. */
    void ready(String status) {
        tell("READY=1", status);
    }

    /** The service was told to stop, and does. */
    void stopping() {
        tell("STOPPING=1", "stopping");
    }

    private void tell(String state, String status) {
        socket.ifPresent(named -> {
            try {
                tell(named, List.of(PROGRAM, state, "STATUS=" + status));
            } catch (IOException e) {
                LOG.warn("systemd cannot be told that {}: {}", state, e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static void tell(String socket, List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put(SOCKET, socket);
        Process process = builder.start();
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(PROGRAM + " did not end within " + SECONDS + " s");
        }
        if (process.exitValue() != 0) {
            throw new IOException(PROGRAM + " ended with " + process.exitValue());
        }
    }
}
