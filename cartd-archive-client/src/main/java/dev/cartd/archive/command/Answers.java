package dev.cartd.archive.command;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.cartd.archive.http.OneLine;
import dev.cartd.spi.Archive;
import dev.cartd.spi.Archive.Failed;
import dev.cartd.spi.Archive.Found;
import dev.cartd.spi.Archive.Medium;
import dev.cartd.spi.Archive.Staged;
import dev.cartd.spi.Archive.Status;
import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/** Reads what the program prints about files, which may be anything. */
final class Answers {
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

    private Answers() {}

    /**
     * The status of each of these files. A file that the program says nothing about is refused.
     *
     * @throws ArchiveException.Refused if a line is not about one of these files, or about one for the second time
     */
    static Map<String, Status> statuses(Lines lines, List<String> ids) {
        Map<String, Status> answers = new HashMap<>();
        read(
                lines,
                ids,
                answer -> false,
                (id, answer) ->
                        answers.put(id, failure(answer).<Status>map(Failed::new).orElseGet(() -> found(answer))));
        for (String id : ids) {
            answers.computeIfAbsent(
                    id, i -> new Failed(new ArchiveException.Refused("the archive's program says nothing about it")));
        }
        return answers;
    }

    /**
     * Why the program does not do what it was asked to for some of these files.
     *
     * @throws ArchiveException.Refused as {@link #statuses}
     */
    static Map<String, ArchiveException> failures(Lines lines, List<String> ids) {
        return failures(lines, ids, answer -> false);
    }

    private static Map<String, ArchiveException> failures(Lines lines, List<String> ids, Predicate<JsonNode> other) {
        Map<String, ArchiveException> failures = new HashMap<>();
        read(lines, ids, other, (id, answer) -> failure(answer).ifPresent(why -> failures.put(id, why)));
        return failures;
    }

    /**
     * Why the program does not stage some of these files, and the receipt for the others if it gives one.
     *
     * @throws ArchiveException.Refused as {@link #statuses}, and if there are two receipts, or one that cannot be
     */
    static Staged staged(Lines lines, List<String> ids) {
        List<String> receipts = new ArrayList<>();
        Map<String, ArchiveException> failures = failures(lines, ids, answer -> {
            if (answer.has("receipt")) {
                receipts.add(receipt(lines, answer.get("receipt"), receipts.size()));
            }
            return answer.has("receipt");
        });
        return new Staged(receipts.stream().findFirst(), failures);
    }

    private static String receipt(Lines lines, JsonNode receipt, int before) {
        if (before > 0) {
            throw lines.wrong("has a second receipt");
        }
        if (!receipt.isTextual() || !Archive.isStorable(receipt.textValue())) {
            throw lines.wrong("has a receipt that is no text of 1 to " + Archive.MAX_TEXT + " characters");
        }
        return receipt.textValue();
    }

    /** @param other takes a line without an id, and returns whether there may be such a line */
    private static void read(
            Lines lines, List<String> ids, Predicate<JsonNode> other, BiConsumer<String, JsonNode> to) {
        Set<String> expected = new HashSet<>(ids);
        for (Optional<String> line = lines.next(); line.isPresent(); line = lines.next()) {
            JsonNode answer = json(line.get());
            if (!answer.isObject()) {
                throw lines.wrong("is not a JSON object: " + line.get());
            }
            if (!answer.has("id") && other.test(answer)) {
                continue;
            }
            JsonNode id = answer.path("id");
            if (!id.isTextual()) {
                throw lines.wrong("has no id");
            }
            if (!expected.remove(id.textValue())) {
                throw lines.wrong(
                        (ids.contains(id.textValue()) ? "answers for the second time for " : "is about another file: ")
                                + id.textValue());
            }
            to.accept(id.textValue(), answer);
        }
    }

    /** The value of a line; a missing one for a line that is no JSON. */
    private static JsonNode json(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }

    private static Optional<ArchiveException> failure(JsonNode answer) {
        if (answer.path("missing").asBoolean()) {
            return Optional.of(new ArchiveException.Missing());
        }
        return answer.has("refused")
                ? Optional.of(new ArchiveException.Refused(OneLine.of("the archive's program refuses it: "
                        + answer.get("refused").asText())))
                : Optional.empty();
    }

    private static Status found(JsonNode answer) {
        JsonNode size = answer.path("size");
        if (!size.isIntegralNumber() || !size.canConvertToLong() || size.longValue() < 0) {
            return refused("size", size);
        }
        JsonNode mtime = answer.path("mtime");
        if (!mtime.isNumber()) {
            return refused("mtime", mtime);
        }
        // A double is exact for whole seconds up to the last that is allowed, and small for any number of digits.
        long seconds = (long) Math.max(0, Math.min(Math.floor(mtime.doubleValue()), Found.MAX_MTIME));
        return medium(answer.path("medium").asText())
                .<Status>map(medium -> new Found(size.longValue(), seconds, medium))
                .orElseGet(() -> refused("medium", answer.path("medium")));
    }

    private static Optional<Medium> medium(String text) {
        return switch (text) {
            case "disk" -> Optional.of(Medium.DISK);
            case "tape" -> Optional.of(Medium.TAPE);
            case "error" -> Optional.of(Medium.ERROR);
            default -> Optional.empty();
        };
    }

    private static Status refused(String key, JsonNode value) {
        return new Failed(Lines.nonsense(value.isMissingNode() ? "it has no " + key : "its " + key + " is " + value));
    }
}
