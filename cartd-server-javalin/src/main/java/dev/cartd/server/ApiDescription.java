package dev.cartd.server;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
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
        String quoted = new String(JsonStringEncoder.getInstance().quoteAsString(version));
        try (InputStream in = ApiDescription.class.getResourceAsStream("openapi.json")) {
            byte[] bytes = Objects.requireNonNull(in, "openapi.json is missing").readAllBytes();
            return new ApiDescription(new String(bytes, StandardCharsets.UTF_8).replace("@version@", quoted));
        } catch (IOException e) {
            throw new UncheckedIOException("openapi.json cannot be read", e);
        }
    }
}
