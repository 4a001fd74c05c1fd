package dev.cartd.server;

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
record Answer(int status, Map<String, String> headers, String body) {
    static final String JSON = "application/json";

    Answer {
        headers = Map.copyOf(headers);
    }

    static Answer of(int status, String body) {
        return new Answer(status, Map.of(), body);
    }

    /** A response with a JSON object that contains one message, which must need no escapes. */
    static Answer message(int status, String text) {
        return of(status, "{\"message\": \"" + text + "\"}");
    }

    Answer with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Answer(status, more, body);
    }

    byte[] bytes() {
        return body.getBytes(StandardCharsets.UTF_8);
    }

    void sendTo(HttpServletResponse response) throws IOException {
        byte[] bytes = bytes();
        response.setStatus(status);
        response.setContentType(JSON);
        headers.forEach(response::setHeader);
        if (status != HttpServletResponse.SC_NO_CONTENT) {
            response.setContentLength(bytes.length);
            response.getOutputStream().write(bytes);
        }
    }
}
