package dev.cartd.server.http;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A complete small response. All responses except downloads are of this kind.
 *
 * @param status the HTTP status
 * @param headers further headers
 * @param body the body, to be sent in UTF-8; in the response to a HEAD request only its length is sent
 */
public record ShortResponse(int status, Map<String, String> headers, String body) {
    /** The content type of short responses that do not have another one among their headers. */
    public static final String JSON = "application/json";

    /** Copies the headers. */
    public ShortResponse {
        headers = Map.copyOf(headers);
    }

    /** A response without further headers. */
    public static ShortResponse of(int status, String body) {
        return new ShortResponse(status, Map.of(), body);
    }

    /** A response with a JSON object that contains one message, which must need no escapes. */
    public static ShortResponse message(int status, String text) {
        return of(status, "{\"message\": \"" + text + "\"}");
    }

    /** This response with one more header. */
    public ShortResponse with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new ShortResponse(status, more, body);
    }

    byte[] bytes() {
        return body.getBytes(StandardCharsets.UTF_8);
    }

    void sendTo(HttpServletResponse response) throws IOException {
        byte[] bytes = bytes();
        response.setStatus(status);
        response.setContentType(JSON);
        headers.forEach(response::setHeader);
        if (status != HttpServletResponse.SC_NO_CONTENT && status != HttpServletResponse.SC_NOT_MODIFIED) {
            response.setContentLength(bytes.length);
            response.getOutputStream().write(bytes);
        }
    }
}
