package dev.cartd.server;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A small answer, complete: all but downloads are one of these.
 *
 * @param status the HTTP status
 * @param headers further headers
 * @param body the body, in UTF-8; of an answer to HEAD only its length is told
 */
record Answer(int status, Map<String, String> headers, String body) {
    static final String JSON = "application/json";

    Answer {
        headers = Map.copyOf(headers);
    }

    static Answer of(int status, String body) {
        return new Answer(status, Map.of(), body);
    }

    /** The answer of one message. */
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
