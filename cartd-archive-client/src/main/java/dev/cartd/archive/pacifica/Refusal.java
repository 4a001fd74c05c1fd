package dev.cartd.archive.pacifica;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cartd.archive.http.BodyText;
import dev.cartd.archive.http.OneLine;
import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.Response;

/**
 * Converts an error response to an exception of the right kind. The archive's reason is the last line of a Python
 * traceback in a JSON body; it is used without the name of the exception class.
 */
final class Refusal {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern ERRNO = Pattern.compile("\\[Errno (\\d{1,5})]");
    private static final List<String> CLASSES = List.of("Error", "Exception", "Interrupt", "Exit", "Warning");

    private Refusal() {}

    /** The exception for a response without success. */
    static ArchiveException of(Response response) {
        int code = response.code();
        String answer = "the archive answers " + code + ": ";
        if (response.isRedirect()) {
            return new ArchiveException.Refused(answer + "a redirect, which is not followed");
        }
        if (code < 400) {
            return new ArchiveException.Refused(answer + "that is not the expected status");
        }
        return switch (code) {
            case 404, 410 -> new ArchiveException.Missing();
            case 502, 503, 504 -> new ArchiveException.Unreachable(OneLine.of(answer + response.message()));
            default -> withReason(answer, response);
        };
    }

    private static ArchiveException withReason(String answer, Response response) {
        String body = BodyText.of(response);
        Optional<JsonNode> error = json(body);
        String last = lastLine(error.map(e -> e.path("traceback").asText()).orElse(body));
        // Only the first number is the archive's own; a later one may be part of a file's name.
        Matcher errno = ERRNO.matcher(last);
        if (errno.find() && errno.group(1).equals("2")) {
            return new ArchiveException.Missing();
        }
        String reason = error.map(
                        e -> last.isEmpty() ? lastLine(e.path("message").asText()) : last)
                .filter(text -> !text.isEmpty())
                .orElse(response.message());
        return new ArchiveException.Refused(OneLine.of(answer + withoutClass(reason)));
    }

    /**
     * The reason without the name of a Python exception at its beginning. Without a regular expression: the archive
     * chose the text, and it may be long.
     */
    private static String withoutClass(String reason) {
        int colon = reason.indexOf(": ");
        String head = colon < 0 ? "" : reason.substring(0, colon);
        boolean named = CLASSES.stream().anyMatch(head::endsWith)
                && head.chars().allMatch(c -> c == '.' || c == '_' || Character.isLetterOrDigit(c));
        return named ? reason.substring(colon + 2) : reason;
    }

    private static Optional<JsonNode> json(String body) {
        try {
            return Optional.of(JSON.readTree(body)).filter(JsonNode::isObject);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String lastLine(String text) {
        return text.lines().map(String::strip).filter(line -> !line.isEmpty()).reduce("", (line, next) -> next);
    }
}
