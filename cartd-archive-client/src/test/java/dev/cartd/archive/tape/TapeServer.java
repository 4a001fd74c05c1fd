package dev.cartd.archive.tape;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.cartd.archive.http.WebServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A server with the Tape REST API, as the specification of WLCG has it. Its files are below {@code /store/}; requests
 * for them are redirected to a data server, which is a {@link WebServer}.
 */
public final class TapeServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String API = "/api/v1/tape";

    /** What the server knows of files that a request was for. */
    private record Recall(List<String> paths) {}

    private final WebServer data = new WebServer("/pool/");
    private final Map<String, String> localities = new ConcurrentHashMap<>();
    private final Map<String, String> errors = new ConcurrentHashMap<>();
    private final Map<String, Recall> recalls = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> released = new CopyOnWriteArrayList<>();
    private final List<String> cancelled = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;
    private volatile Optional<String> token = Optional.empty();
    private volatile boolean recalling = true;
    private volatile Optional<String> redirect = Optional.empty();
    private volatile String endpoint;

    /** A server without files, which wants no token, and brings files to disk as soon as it is asked to. */
    public TapeServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
        endpoint = root() + API;
    }

    private String root() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The URL of the archive. */
    public URI url() {
        return URI.create(root() + "/store/");
    }

    /** The server that has the bytes. */
    public WebServer data() {
        return data;
    }

    /** Has this file on disk from now on. */
    public void put(String id, byte[] content, long mtime) {
        data.put(id, content, mtime);
        localities.put("/store/" + id, "DISK");
    }

    /** Says where a file is. */
    public void place(String id, String locality) {
        localities.put("/store/" + id, locality);
    }

    /** From now on the file cannot be brought from tape. */
    public void fail(String id, String error) {
        errors.put("/store/" + id, error);
    }

    /** Whether files are brought to disk as soon as that is asked for. */
    public void recalling(boolean now) {
        recalling = now;
    }

    /** Brings all files to disk that were asked for. */
    public void bring() {
        recalls.values().stream()
                .flatMap(recall -> recall.paths().stream())
                .filter(path -> !errors.containsKey(path))
                .forEach(path -> localities.computeIfPresent(path, (any, before) -> "DISK_AND_TAPE"));
    }

    /** From now on requests need this token. */
    public void token(String now) {
        token = Optional.of(now);
    }

    /** From now on requests for files are redirected to below this URL. */
    public void redirect(String url) {
        redirect = Optional.of(url);
    }

    /** The URL that it says its API has. */
    public void endpoint(String url) {
        endpoint = url;
    }

    /** The requests so far, such as {@code POST /api/v1/tape/stage}. */
    public List<String> asked() {
        return asked;
    }

    /** The paths that were released. */
    public List<String> released() {
        return released;
    }

    /** The paths that were cancelled. */
    public List<String> cancelled() {
        return cancelled;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getRawPath();
            asked.add(exchange.getRequestMethod() + " " + path);
            String given = exchange.getRequestHeaders().getFirst("Authorization");
            if (token.isPresent() && !("Bearer " + token.get()).equals(given)) {
                exchange.sendResponseHeaders(401, -1);
            } else if (path.equals("/.well-known/wlcg-tape-rest-api")) {
                ObjectNode answer = JSON.createObjectNode().put("sitename", "stand-in");
                ArrayNode endpoints = answer.putArray("endpoints");
                endpoints.addObject().put("uri", endpoint + "/old").put("version", "v0");
                endpoints.addObject().put("uri", endpoint).put("version", "v1");
                send(exchange, 200, answer);
            } else if (path.startsWith(API + "/")) {
                api(exchange, path.substring(API.length() + 1).split("/", -1));
            } else {
                String to = redirect.orElse(data.url().toString()) + path.substring("/store/".length());
                exchange.getResponseHeaders().set("Location", to);
                exchange.sendResponseHeaders(307, -1);
            }
        }
    }

    private void api(HttpExchange exchange, String[] way) throws IOException {
        JsonNode body = JSON.readTree(exchange.getRequestBody());
        String verb = exchange.getRequestMethod() + " " + way[0];
        if (verb.equals("POST stage") && way.length == 3 && recalls.containsKey(way[1])) {
            cancelled.addAll(paths(body.path("paths")));
            exchange.sendResponseHeaders(200, -1);
        } else if (verb.equals("POST stage") && way.length == 1) {
            send(exchange, 201, stage(body));
        } else if (verb.equals("GET stage") && recalls.containsKey(way[1])) {
            send(exchange, 200, state(way[1]));
        } else if (verb.equals("POST archiveinfo")) {
            send(exchange, 200, places(body));
        } else if (verb.equals("POST release") && recalls.containsKey(way[1])) {
            released.addAll(paths(body.path("paths")));
            exchange.sendResponseHeaders(200, -1);
        } else {
            send(exchange, 404, JSON.createObjectNode().put("title", "Not found"));
        }
    }

    private JsonNode stage(JsonNode body) {
        List<String> paths = new ArrayList<>();
        for (JsonNode file : body.path("files")) {
            if (!file.path("diskLifetime").asText().matches("P\\d+D")) {
                throw new IllegalArgumentException("no life time in " + file);
            }
            paths.add(file.path("path").asText());
        }
        String number = "r-" + recalls.size();
        recalls.put(number, new Recall(paths));
        if (recalling) {
            bring();
        }
        return JSON.createObjectNode().put("requestId", number);
    }

    private JsonNode state(String number) {
        ObjectNode answer = JSON.createObjectNode().put("id", number);
        ArrayNode files = answer.putArray("files");
        for (String path :
                Optional.ofNullable(recalls.get(number)).orElseThrow().paths()) {
            ObjectNode file = files.addObject().put("path", path);
            boolean failed = errors.containsKey(path);
            file.put("state", failed ? "FAILED" : cancelled.contains(path) ? "CANCELLED" : "STARTED");
            if (failed) {
                file.put("error", errors.get(path));
            }
        }
        return answer;
    }

    private JsonNode places(JsonNode body) {
        ArrayNode answer = JSON.createArrayNode();
        for (String path : paths(body.path("paths"))) {
            ObjectNode file = answer.addObject().put("path", path);
            if (localities.containsKey(path)) {
                file.put("locality", localities.get(path));
            } else {
                file.put("error", "no such file");
            }
        }
        return answer;
    }

    private static List<String> paths(JsonNode list) {
        List<String> paths = new ArrayList<>();
        list.forEach(path -> paths.add(path.asText()));
        return paths;
    }

    private static void send(HttpExchange exchange, int code, JsonNode answer) throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(answer);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        data.close();
    }
}
