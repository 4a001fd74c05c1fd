package dev.cartd.archive.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A web server with files in memory, which serves HEAD, GET and one range, and takes any POST for a file. */
public final class WebServer implements AutoCloseable {
    static {
        System.setProperty("sun.net.httpserver.nodelay", "true"); // Else an answer waits 40 ms for its body.
    }

    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-");

    private final Map<String, byte[]> contents = new ConcurrentHashMap<>();
    private final Map<String, Long> mtimes = new ConcurrentHashMap<>();
    private final Set<String> stalls = ConcurrentHashMap.newKeySet();
    private final Set<String> cuts = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final String path;
    private final HttpServer server;

    /** One whose files are below this path, with a slash at its end. */
    public WebServer(String path) {
        this.path = path;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext(path, this::answer);
        server.start();
    }

    /** Its URL, with a slash at the end. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    /** Has this file from now on. */
    public void put(String id, byte[] content, long mtime) {
        mtimes.put(id, mtime);
        contents.put(id, content);
    }

    /** The next GET of this file stands still. */
    public void stall(String id) {
        stalls.add(id);
    }

    /** The next GET of this file breaks off. */
    public void cut(String id) {
        cuts.add(id);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String id = exchange.getRequestURI().getPath().substring(path.length());
            Optional<String> range =
                    Optional.ofNullable(exchange.getRequestHeaders().getFirst("Range"));
            byte[] content = contents.get(id);
            if (content == null) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            if (exchange.getRequestMethod().equals("POST")) {
                exchange.sendResponseHeaders(200, -1);
                return;
            }
            String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                    Instant.ofEpochSecond(mtimes.getOrDefault(id, 0L)).atOffset(ZoneOffset.UTC));
            exchange.getResponseHeaders().set("Last-Modified", date);
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.getResponseHeaders().set("Content-Length", String.valueOf(content.length));
                exchange.sendResponseHeaders(200, -1);
            } else {
                send(exchange, id, content, range.map(RANGE::matcher).filter(Matcher::matches));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(HttpExchange exchange, String id, byte[] content, Optional<Matcher> range)
            throws IOException, InterruptedException {
        int from = range.map(matcher -> Integer.parseInt(matcher.group(1))).orElse(0);
        if (range.isPresent()) {
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        }
        byte[] bytes = Arrays.copyOfRange(content, from, content.length);
        exchange.sendResponseHeaders(range.isPresent() ? 206 : 200, bytes.length == 0 ? -1 : bytes.length);
        if (stalls.remove(id)) {
            exchange.getResponseBody().write(bytes, 0, 500_000);
            exchange.getResponseBody().flush();
            closed.await();
        } else if (cuts.remove(id)) {
            exchange.getResponseBody().write(bytes, 0, 500_000);
        } else {
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
