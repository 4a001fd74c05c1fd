package dev.cartd.server.page;

import dev.cartd.cart.CartException;
import dev.cartd.cart.Checksum;
import dev.cartd.server.http.Exchange;
import dev.cartd.server.http.Refused;
import dev.cartd.server.http.ShortResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpStatus;

/**
 * The files that pages refer to, {@code /-/static/{name}}. A name contains a hash of the content, so browsers may keep
 * the file for ever.
 */
public final class StaticFiles {
    private static final int HASH_BYTES = 8;

    private final StaticFile style;
    private final StaticFile script;
    private final StaticFile consoleStyle;
    private final StaticFile consoleScript;
    private final StaticFile icon;
    private final Map<String, StaticFile> files;

    private record StaticFile(String name, String type, String hash, String content) {
        static StaticFile of(String stem, String ending, String type) {
            String resource = stem + ending;
            try (InputStream in = StaticFiles.class.getResourceAsStream(resource)) {
                byte[] bytes =
                        Objects.requireNonNull(in, resource + " is missing").readAllBytes();
                byte[] digest = Checksum.sha256().digest(bytes);
                String hash = HexFormat.of().formatHex(digest, 0, HASH_BYTES);
                return new StaticFile(
                        stem + "-" + hash + ending, type, hash, new String(bytes, StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(resource + " cannot be read", e);
            }
        }

        String address() {
            return "/-/static/" + name;
        }
    }

    /** Reads all of them. */
    public StaticFiles() {
        style = StaticFile.of("cart", ".css", "text/css; charset=utf-8");
        script = StaticFile.of("cart", ".js", "text/javascript; charset=utf-8");
        consoleStyle = StaticFile.of("console", ".css", "text/css; charset=utf-8");
        consoleScript = StaticFile.of("console", ".js", "text/javascript; charset=utf-8");
        icon = StaticFile.of("icon", ".svg", "image/svg+xml");
        files = Stream.of(style, script, consoleStyle, consoleScript, icon)
                .collect(Collectors.toMap(StaticFile::name, Function.identity()));
    }

    /** The address of the stylesheet of all pages. */
    public String style() {
        return style.address();
    }

    String script() {
        return script.address();
    }

    /** The address of what the console has in its style beside that. */
    public String consoleStyle() {
        return consoleStyle.address();
    }

    /** The address of the script of the console. */
    public String consoleScript() {
        return consoleScript.address();
    }

    /** The address of the icon. */
    public String icon() {
        return icon.address();
    }

    /**
     * Answers with the file of this name.
     *
     * @throws CartException.NotFound if there is none
     * @throws Refused if the method does not only read
     * @throws IOException if the client is gone
     */
    public void answer(Exchange exchange, String name) throws IOException {
        StaticFile file = files.get(name);
        if (file == null) {
            throw new CartException.NotFound("Nothing matches the given URI");
        }
        exchange.requireReading();
        String tag = '"' + file.hash() + '"';
        List<String> known = Collections.list(exchange.request().getHeaders("If-None-Match"));
        boolean unchanged = known.stream()
                .anyMatch(tags -> tags.contains(tag) || tags.strip().equals("*"));
        exchange.send(ShortResponse.of(
                        unchanged ? HttpStatus.NOT_MODIFIED_304 : HttpStatus.OK_200, unchanged ? "" : file.content())
                .with("Content-Type", file.type())
                .with("ETag", tag)
                .with("Cache-Control", "public, max-age=31536000, immutable")
                .with("X-Content-Type-Options", "nosniff")
                // An image is a document of its own if somebody opens it.
                .with("Content-Security-Policy", "default-src 'none'; sandbox"));
    }
}
