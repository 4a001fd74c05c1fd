package dev.cartd.cli;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** What a server answered. Names of headers are in lower case, or found in any. */
final class Reply {
    private final int status;
    private final Map<String, String> headers;
    private final byte[] body;

    Reply(int status, Map<String, String> headers, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    int status() {
        return status;
    }

    Map<String, String> headers() {
        return headers;
    }

    byte[] body() {
        return body;
    }

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    String header(String name) {
        assertThat(headers).containsKey(name);
        return headers.getOrDefault(name, "");
    }

    /** Status, X-Pacifica-Status and X-Pacifica-Message, each of which has to be there. */
    String pacifica() {
        return (status + " " + header("x-pacifica-status") + " " + header("x-pacifica-message")).strip();
    }

    /** Expects the error document, with a message that says so. */
    void assertError(int expected, String message) {
        assertThat(text()).contains(message).startsWith("{\"status\": \"" + expected + " ");
        assertThat(text()).contains("\"traceback\": \"\"").contains("\"version\": \"");
        assertThat(status).isEqualTo(expected);
        assertThat(header("content-type")).startsWith("application/json");
    }
}
