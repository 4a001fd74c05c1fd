package dev.cartd.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Runs the usual commands once while Java lists the classes that they load. The launcher makes a class archive from the
 * list, from which later starts load the classes.
 */
final class Rehearsal {
    private static final List<String> COMMANDS = List.of(
            "--help",
            "--version",
            "dbsync",
            "dbsync",
            "dbchk",
            "list",
            "status nobody",
            "space",
            "dump",
            "demo --once");
    private static final int TRIES = 600;

    private Rehearsal() {}

    /** @param args a directory, in which this leaves files */
    public static void main(String[] args) throws IOException, InterruptedException {
        Path home = Path.of(args[0]).toRealPath();
        Map<String, String> environment = Map.of(
                "HOME", home.toString(),
                "VOLUME_PATH", home.resolve("volume").toString(),
                "PEEWEE_URL", "sqlite:///" + home.resolve("db.sqlite3"));
        for (String command : COMMANDS) {
            run(environment, command);
        }
        int port = freePort();
        Thread server = new Thread(() -> run(environment, "serve -p " + port));
        server.start();
        URI url = URI.create("http://127.0.0.1:" + port + "/");
        try {
            awaitAnswer(url.resolve("nobody"), server);
            readMetrics(url.resolve("-/metrics"));
            run(environment, "get " + url + "nobody " + home.resolve("nothing"));
        } finally {
            server.interrupt();
        }
        server.join();
        System.exit(0);
    }

    private static void run(Map<String, String> environment, String command) {
        int unused = Main.run(environment, command.split(" ", -1));
    }

    private static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        }
    }

    /** Loads all that the first request for metrics loads. */
    private static void readMetrics(URI url) throws IOException {
        try (InputStream metrics = url.toURL().openStream()) {
            metrics.transferTo(OutputStream.nullOutputStream());
        }
    }

    /** Waits until the server is ready: while it starts it does not answer, or answers 503. */
    private static void awaitAnswer(URI url, Thread server) throws IOException, InterruptedException {
        for (int i = 0; i < TRIES && server.isAlive(); i++) {
            HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection();
            connection.setRequestMethod("HEAD");
            try {
                if (connection.getResponseCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                    return;
                }
            } catch (IOException e) {
                // The server does not listen yet.
            }
            Thread.sleep(100);
        }
    }
}
