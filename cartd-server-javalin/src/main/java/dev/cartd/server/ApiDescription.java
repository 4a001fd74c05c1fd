package dev.cartd.server;

import dev.cartd.server.http.JsonText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * The description of all routes, in OpenAPI.
 *
 * @param json an OpenAPI document
 */
record ApiDescription(String json) {
    /** The description by cartd of this version. */
    static ApiDescription of(String version) {
        try (InputStream in = ApiDescription.class.getResourceAsStream("openapi.json")) {
            byte[] bytes = Objects.requireNonNull(in, "openapi.json is missing").readAllBytes();
            return new ApiDescription(
                    new String(bytes, StandardCharsets.UTF_8).replace("@version@", JsonText.quoted(version)));
        } catch (IOException e) {
            throw new UncheckedIOException("openapi.json cannot be read", e);
        }
    }
}
