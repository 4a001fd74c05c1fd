package dev.cartd.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.cartd.ScriptedArchive;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartRequest.Item;
import dev.cartd.local.MemoryOwners;
import dev.cartd.local.MemoryStore;
import dev.cartd.spi.Archive;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The description of all routes is what the server does: each answer here must be in it, and each in it comes here. */
class OpenApiTest {
    private static final JsonMapper JSON = new JsonMapper();

    /** Answers that need a state of the server that this test does not make; tests of their own have them. */
    private static final Set<String> ELSEWHERE = Set.of("503", "408", "413", "401", "403");

    private static final String ITEM = "{\"id\": \"a\", \"path\": \"d/a\", \"hashtype\": \"md5\", \"hashsum\": \"%s\"}";

    @TempDir
    private Path volume;

    @TempDir
    private Path otherVolume;

    @TempDir
    private Path moreFiles;

    private Serving serving;
    private Serving idle;
    private JsonNode description;
    private final Set<String> seen = new TreeSet<>();

    @BeforeEach
    void start() throws IOException {
        serving = new Serving(volume);
        idle = Serving.idle(otherVolume, Running.CONFIG);
        description = serving.json("/-/openapi.json");
    }

    @AfterEach
    void stop() {
        serving.close();
        idle.close();
    }

    private HttpResponse<byte[]> ask(Serving server, String route, String method, String target, String... headers)
            throws IOException {
        HttpResponse<byte[]> reply = server.ask(method, target, headers);
        check(route, method, reply);
        return reply;
    }

    private HttpResponse<byte[]> ask(String route, String method, String target, String... headers) throws IOException {
        return ask(serving, route, method, target, headers);
    }

    /** Looks whether the answer is described, with its type and, if it is JSON, all of its members. */
    private void check(String route, String method, HttpResponse<byte[]> reply) throws IOException {
        String code = String.valueOf(reply.statusCode());
        JsonNode operations = description.get("paths").get(route);
        assertThat(operations).as(route).isNotNull();
        String verb = code.equals("405") ? "get" : method.toLowerCase(Locale.ROOT);
        JsonNode answer = resolved(operations.path(verb).path("responses").path(code));
        String place = verb + " " + route + " " + code;
        if (code.equals("405") && answer.isMissingNode()) {
            return;
        }
        assertThat(answer.isMissingNode()).as(place + " is described").isFalse();
        seen.add(place);
        if (!answer.has("content") || verb.equals("head")) {
            return;
        }
        String type = Serving.header(reply, "Content-Type").split(";")[0];
        assertThat(names(answer.get("content"))).as(place).contains(type);
        seen.add(place + " " + type);
        JsonNode schema = answer.get("content").get(type).path("schema");
        if (type.equals("application/json") && schema.has("$ref")) {
            fits(JSON.readTree(reply.body()), schema, place);
        }
    }

    /** What is meant: the document writes once what it says in several places. */
    private JsonNode resolved(JsonNode given) {
        if (!given.has("$ref")) {
            return given;
        }
        String reference = given.get("$ref").asText();
        JsonNode meant = description.at(reference.substring(1));
        assertThat(meant.isMissingNode()).as(reference).isFalse();
        return meant;
    }

    private void fits(JsonNode value, JsonNode given, String place) {
        JsonNode schema = resolved(given);
        JsonNode type = schema.path("type");
        if (type.isArray() && value.isNull()) {
            assertThat(type.toString()).as(place).contains("\"null\"");
            return;
        }
        switch (type.isArray() ? type.get(0).asText() : type.asText()) {
            case "object" -> {
                assertThat(value.isObject()).as(place).isTrue();
                schema.path("required")
                        .forEach(name -> assertThat(value.has(name.asText()))
                                .as(place + "." + name.asText())
                                .isTrue());
                for (String name : names(value)) {
                    JsonNode member = schema.path("properties").path(name);
                    JsonNode any = schema.path("additionalProperties");
                    assertThat(member.isMissingNode() && !any.isObject())
                            .as(place + "." + name + " is not described")
                            .isFalse();
                    fits(value.get(name), member.isMissingNode() ? any : member, place + "." + name);
                }
            }
            case "array" -> value.forEach(one -> fits(one, schema.get("items"), place + "[]"));
            case "integer" -> assertThat(value.isIntegralNumber()).as(place).isTrue();
            case "boolean" -> assertThat(value.isBoolean()).as(place).isTrue();
            case "string" -> {
                assertThat(value.isTextual()).as(place).isTrue();
                if (schema.has("enum")) {
                    List<String> words = new ArrayList<>();
                    schema.get("enum").forEach(word -> words.add(word.asText()));
                    assertThat(words).as(place).contains(value.asText());
                }
                if (schema.path("format").asText().equals("date-time")) {
                    assertThat(Instant.parse(value.asText())).as(place).isNotNull();
                }
            }
            default -> throw new AssertionError(place + " has no type");
        }
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private void post(String body, String type) throws IOException {
        try {
            HttpResponse<byte[]> reply = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(serving.url("/posted")))
                                    .header("Content-Type", type)
                                    .POST(HttpRequest.BodyPublishers.ofString(body))
                                    .build(),
                            HttpResponse.BodyHandlers.ofByteArray());
            check("/{uid}", "POST", reply);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void eachRouteAnswersAsDescribed() throws IOException {
        carts();
        root();
        cart();
        view();
        files();
        proofs();
        events();
        links();

        Set<String> described = new LinkedHashSet<>();
        for (String route : names(description.get("paths"))) {
            JsonNode operations = description.get("paths").get(route);
            for (String verb : names(operations)) {
                names(operations.path(verb).path("responses")).stream()
                        .filter(code -> !ELSEWHERE.contains(code))
                        // A HEAD is answered as a GET, without a body.
                        .filter(code -> !verb.equals("head") || route.equals("/{uid}"))
                        .forEach(code -> {
                            described.add(verb + " " + route + " " + code);
                            JsonNode content = resolved(operations
                                            .path(verb)
                                            .path("responses")
                                            .path(code))
                                    .path("content");
                            if (!verb.equals("head")) {
                                names(content)
                                        .forEach(type -> described.add(verb + " " + route + " " + code + " " + type));
                            }
                        });
            }
        }
        assertThat(seen).containsAll(described);
    }

    @Test
    void eachPartIsWrittenOnceAndUsed() {
        Set<String> used = new HashSet<>();
        description.findValuesAsText("$ref").forEach(reference -> {
            assertThat(description.at(reference.substring(1)).isMissingNode())
                    .as(reference)
                    .isFalse();
            used.add(reference);
        });
        description
                .findValues("security")
                .forEach(ways -> ways.forEach(
                        way -> names(way).forEach(name -> used.add("#/components/securitySchemes/" + name))));
        JsonNode components = description.get("components");
        for (String kind : names(components)) {
            names(components.get(kind)).forEach(name -> assertThat(used).contains("#/components/" + kind + "/" + name));
        }
        Set<String> responses = new HashSet<>();
        components
                .get("responses")
                .forEach(response ->
                        assertThat(responses.add(response.toString())).isTrue());
        for (JsonNode all : description.get("paths").findValues("responses")) {
            all.forEach(response -> assertThat(responses).doesNotContain(response.toString()));
        }
    }

    private void carts() throws IOException {
        serving.awaitReady(serving.archive.request("ready", false, 10, 20));
        serving.awaitReady(serving.archive.request("tar", true, 10, 20));
        serving.archive.add("a", 5);
        String md5 = ScriptedArchive.hash("MD5", serving.archive.bytes("a"));
        String sha1 = ScriptedArchive.hash("SHA-1", serving.archive.bytes("a"));
        serving.awaitReady(new CartRequest(
                "mixed", false, List.of(Item.of("a", "a", "md5", md5), Item.of("a", "b", "sha1", sha1))));
        CartRequest taped = serving.archive.request("taped", false, 10, 20);
        serving.archive.put("taped/0", Archive.Medium.TAPE);
        serving.cartd.submit(taped);
        CartRequest failed = serving.archive.request("failed", false, 10);
        serving.archive.remove("failed/0");
        serving.cartd.submit(failed);
        Running.soon()
                .untilAsserted(
                        () -> assertThat(serving.cart("failed").status().word()).isEqualTo("error"));
        for (String uid : List.of("gone", "waits")) {
            idle.cartd.submit(idle.archive.request(uid, false, 10));
        }
        idle.cartd.delete("gone");
        post("{\"fileids\": [" + ITEM.formatted(md5) + "]}", "application/json");
        post("{}", "application/json");
        post("{}", "text/plain");
    }

    private void root() throws IOException {
        ask("/", "GET", "/");
        ask("/", "PUT", "/");
        for (String route : List.of("/-/health", "/-/ready")) {
            ask(route, "GET", route);
            ask(route, "PUT", route);
        }
        ask("/-/metrics", "GET", "/-/metrics");
        serving.server.metrics(accept -> new MetricsText.Page("text/plain; charset=utf-8", "a 1\n"));
        ask("/-/metrics", "GET", "/-/metrics");
        ask("/-/metrics", "PUT", "/-/metrics");
        ask("/-/openapi.json", "GET", "/-/openapi.json");
        ask("/-/openapi.json", "PUT", "/-/openapi.json");
        assertThat(description.get("info").get("version").asText()).isEqualTo("1.2.3");
    }

    private void cart() throws IOException {
        for (String uid : List.of("ready", "tar", "taped", "failed", "none")) {
            ask("/{uid}", "HEAD", "/" + uid);
            ask("/{uid}", "GET", "/" + uid);
        }
        for (String format : List.of("zip", "bagit", "rar")) {
            ask("/{uid}", "GET", "/ready?format=" + format);
        }
        ask("/{uid}", "GET", "/mixed?format=bagit");
        try (Running odd = new Running()) {
            odd.carts.failure = Optional.of(new CartException.NoSuchForm("It is a tar."));
            String url = "http://127.0.0.1:" + odd.server.port() + "/x?format=zip";
            check("/{uid}", "GET", serving.getFrom(url));
        }
        ask("/{uid}", "GET", "/ready?format=zip", "Range", "bytes=1-2");
        ask(idle, "/{uid}", "HEAD", "/waits");
        ranges("/{uid}", "/ready");
        ask("/{uid}", "DELETE", "/tar");
        ask("/{uid}", "DELETE", "/none");
    }

    private void ranges(String route, String target) throws IOException {
        ask(route, "GET", target, "Range", "bytes=1-2");
        ask(route, "GET", target, "Range", "bytes=1000000-");
        ask(route, "GET", target, "If-None-Match", "*");
        ask(route, "GET", target, "If-Match", "\"x\"");
    }

    private void view() throws IOException {
        ask("/-/carts", "GET", "/-/carts");
        ask("/-/carts", "GET", "/-/carts?search=a&limit=1");
        ask("/-/carts", "GET", "/-/carts?limit=0");
        ask("/-/carts", "PUT", "/-/carts");
        ask(idle, "/-/carts", "GET", "/-/carts?state=waiting,error");
        console();
        String route = "/-/carts/{uid}";
        for (String uid : List.of("ready", "mixed", "taped", "failed", "none")) {
            ask(route, "GET", "/-/carts/" + uid);
            ask(route, "HEAD", "/-/carts/" + uid);
            ask(route + "/files", "GET", "/-/carts/" + uid + "/files?limit=1");
        }
        ask(idle, route, "GET", "/-/carts/waits");
        ask(route + "/files", "GET", "/-/carts/ready/files?limit=0");
        ask(route + "/files", "GET", "/-/carts/ready/files?number=99999");
        all(route);
        all(route + "/files");
        page();
    }

    private void console() throws IOException {
        ask("/-/overview", "GET", "/-/overview");
        ask("/-/overview", "PUT", "/-/overview");
        ask("/-/", "GET", "/-/");
        ask("/-/", "GET", "/-/?limit=x&state=");
        ask("/-/", "PUT", "/-/");
    }

    private void page() throws IOException {
        String route = "/-/carts/{uid}/";
        HttpResponse<byte[]> page = ask(route, "GET", "/-/carts/ready/");
        all(route);
        Matcher style = Pattern.compile("/-/static/[^\"]+[.]css").matcher(Serving.text(page));
        assertThat(style.find()).isTrue();
        ask("/-/static/{name}", "GET", style.group());
        ask("/-/static/{name}", "GET", style.group(), "If-None-Match", "*");
        ask("/-/static/{name}", "GET", "/-/static/none");
        ask("/-/static/{name}", "PUT", style.group());
    }

    /** What can be said about any resource of a cart. */
    private void all(String route) throws IOException {
        String below = route.substring("/-/carts/{uid}".length()).replace("{path}", "d0/f0");
        ask(route, "PUT", "/-/carts/ready" + below);
        ask(route, "GET", "/-/carts/none" + below);
        ask(idle, route, "GET", "/-/carts/gone" + below);
    }

    private void files() throws IOException {
        String route = "/-/carts/{uid}/files/{path}";
        ask(route, "GET", "/-/carts/ready/files/d0/f0");
        ask(route, "HEAD", "/-/carts/ready/files/d0/f0");
        ask(route, "GET", "/-/carts/ready/files/none");
        ask(route, "GET", "/-/carts/taped/files/d0/f0");
        ask(route, "GET", "/-/carts/failed/files/d0/f0");
        ranges(route, "/-/carts/ready/files/d0/f0");
        all(route);
        Files.delete(Path.of(serving.cart("mixed").bundlePath()).resolve("b"));
        ask(route, "GET", "/-/carts/mixed/files/b");
    }

    private void proofs() throws IOException {
        String manifest = "/-/carts/{uid}/manifest";
        ask(manifest, "GET", "/-/carts/ready/manifest");
        ask(manifest, "GET", "/-/carts/mixed/manifest");
        all(manifest);
        String metalink = "/-/carts/{uid}/metalink";
        ask(metalink, "GET", "/-/carts/ready/metalink");
        ask(metalink, "GET", "/-/carts/ready/metalink", "X-Forwarded-Host", "a b");
        all(metalink);
    }

    private void links() throws IOException {
        String route = "/-/carts/{uid}/links";
        NewToken token = NewToken.of("alice");
        Path tokens = Files.writeString(moreFiles.resolve("tokens"), token.line());
        MemoryStore store = new MemoryStore(InstantSource.system());
        try (Serving guarded = Serving.idle(moreFiles.resolve("volume"), Running.CONFIG.withClientTokens(tokens))) {
            guarded.server.owners(new MemoryOwners(store));
            guarded.cartd.submit(guarded.archive.request("cart", false, 10));
            String[] header = {"Authorization", "Bearer " + token.text()};
            ask(guarded, route, "POST", "/-/carts/cart/links?for=2h", header);
            ask(guarded, route, "POST", "/-/carts/cart/links?for=x", header);
            ask(guarded, route, "POST", "/-/carts/none/links", header);
            ask(guarded, route, "DELETE", "/-/carts/cart/links", header);
            ask(guarded, route, "DELETE", "/-/carts/cart/links", header);
            assertThat(guarded.ask("GET", "/-/carts/cart/links", header).statusCode())
                    .isEqualTo(405);
        }
    }

    private void events() throws IOException {
        String route = "/-/carts/{uid}/events";
        ask(route, "PUT", "/-/carts/ready/events");
        ask(route, "GET", "/-/carts/none/events");
        ask(idle, route, "GET", "/-/carts/gone/events");
        Map<String, String> fields = new HashMap<>();
        // Until a download of before has ended for the store too: that is an event.
        Running.soon().until(() -> {
            Serving.text(ask(route, "GET", "/-/carts/ready/events"))
                    .lines()
                    .map(line -> line.split(": ", 2))
                    .forEach(pair -> fields.put(pair[0], pair[pair.length - 1]));
            String seen = fields.getOrDefault("id", "");
            return ask(route, "GET", "/-/carts/ready/events", "Last-Event-ID", seen)
                            .statusCode()
                    == 204;
        });
        fits(
                JSON.readTree(fields.getOrDefault("data", "")),
                JSON.createObjectNode().put("$ref", "#/components/schemas/Cart"),
                route);
    }
}
