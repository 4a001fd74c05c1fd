package dev.cartd.cli.demo;

import dev.cartd.cart.HumanText;
import dev.cartd.cli.config.FailedException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;

/** Does over HTTP what a client does, and shows each step with the curl command that does the same. */
final class DemoClient {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final int POLL_MILLIS = 200;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(LONG)
            .build();
    private final String url;
    private final String view;
    private final Consumer<String> say;

    /** A client of the cart of this uid on the server at this URL. */
    DemoClient(String server, String uid, Consumer<String> say) {
        this.url = server + "/" + uid;
        this.view = server + "/-/carts/" + uid + "/";
        this.say = say;
    }

    /** Asks for the cart. */
    void post(Path json) throws IOException, InterruptedException {
        say.accept("\n3. Ask for a cart, and wait until it is ready");
        say.accept("   $ curl -X POST --upload-file " + quoted(json.toString()) + " " + url);
        HttpResponse<String> answer = http.send(
                request(url).POST(HttpRequest.BodyPublishers.ofFile(json)).build(),
                HttpResponse.BodyHandlers.ofString());
        say.accept("   " + answer.statusCode() + " " + answer.body().strip());
        if (answer.statusCode() != 201) {
            throw new FailedException("the cart was not accepted");
        }
        say.accept("   a browser shows it at " + view);
    }

    /**
     * Waits until the cart is ready.
     *
     * @param patience how long to wait while nothing changes
     */
    void await(Duration patience) throws IOException, InterruptedException {
        say.accept("   $ curl -I " + url);
        String last = "";
        for (long since = System.nanoTime(); System.nanoTime() - since < patience.toNanos(); ) {
            HttpResponse<Void> answer = http.send(
                    request(url)
                            .method("HEAD", HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
            String now = shown(answer);
            if (!now.equals(last)) {
                say.accept("   " + now);
                since = System.nanoTime();
            }
            if (header(answer, "X-Pacifica-Status").equals("ready")) {
                return;
            }
            if (answer.statusCode() >= 400) {
                throw new FailedException("the cart failed: " + header(answer, "X-Pacifica-Message"));
            }
            last = now;
            Thread.sleep(POLL_MILLIS);
        }
        throw new FailedException("the cart made no progress for " + patience.toMinutes() + " minutes");
    }

    /** Downloads the tar. */
    Path download(Path tar) throws IOException, InterruptedException {
        say.accept("\n4. Download it; curl -C - resumes a download that was cut");
        String query = "?filename=" + tar.getFileName();
        say.accept("   $ curl -O -J " + quoted(url + query));
        long start = System.nanoTime();
        HttpResponse<Path> answer =
                http.send(request(url + query).GET().build(), HttpResponse.BodyHandlers.ofFile(tar));
        if (answer.statusCode() != 200) {
            throw new FailedException("the download was answered " + answer.statusCode());
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        say.accept(String.format(Locale.ROOT, "   200, %s in %.1f s", HumanText.size(Files.size(tar)), seconds));
        return tar;
    }

    /** Fetches the manifest of what a tar of this name has in it. */
    String manifest(Path tar) throws IOException, InterruptedException {
        say.accept("\n6. Check the extracted files by the cart's manifest, as anybody can who has them");
        String address = view + "manifest?filename=" + tar.getFileName();
        say.accept("   $ curl -s " + quoted(address) + " | sha256sum -c");
        HttpResponse<String> answer = http.send(request(address).GET().build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new FailedException("the request for the manifest was answered " + answer.statusCode());
        }
        return answer.body();
    }

    /** The argument in quotes if a shell needs them. */
    static String quoted(String argument) {
        boolean plain = argument.matches("[A-Za-z0-9_./:@%+,-]+");
        return plain ? argument : "'" + argument.replace("'", "'\\''") + "'";
    }

    private static HttpRequest.Builder request(String address) {
        return HttpRequest.newBuilder(URI.create(address)).timeout(LONG);
    }

    private static String shown(HttpResponse<?> answer) {
        String files = header(answer, "X-Cartd-Files");
        String message = header(answer, "X-Pacifica-Message");
        return answer.statusCode() + " " + header(answer, "X-Pacifica-Status")
                + (files.isEmpty() ? "" : ", " + files + " files")
                + (message.isEmpty() ? "" : ": " + message);
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }
}
