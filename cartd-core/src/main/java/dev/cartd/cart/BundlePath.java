package dev.cartd.cart;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The path of a file inside its cart: a relative path of plain names, joined by {@code /}. Resolved against a
 * directory, it always names a file below that directory. Immutable, so safe for use by many threads.
 *
 * @param value the path, normalised: no empty, {@code .} or {@code ..} segment, no control characters or unpaired
 *     surrogates, each segment at most {@value #MAX_SEGMENT} bytes and the whole at most {@value #MAX_PATH} bytes of
 *     UTF-8
 */
public record BundlePath(String value) {
    static final int MAX_SEGMENT = 255;
    static final int MAX_PATH = 2048;

    /**
     * Checks the path, which must be normalised; {@link #parse} normalises a path.
     *
     * @throws CartException.Invalid if {@code value} is not a normalised path
     */
    public BundlePath {
        if (!value.equals(normalise(value))) {
            throw new CartException.Invalid("not a normalised path: " + Text.quote(value));
        }
    }

    /**
     * Normalises a path that a client sent: removes a leading {@code /} and empty and {@code .} segments.
     *
     * @throws CartException.Invalid if the path has a {@code ..} segment, ends in {@code /}, has control characters or
     *     unpaired surrogates, is too long, or has no name in it; the message says which
     */
    public static BundlePath parse(String path) {
        return new BundlePath(normalise(path));
    }

    /** The names that the path consists of, the outermost directory first and the file last; at least one. */
    public List<String> segments() {
        return List.of(value.split("/"));
    }

    private static String normalise(String path) {
        if (path.length() <= MAX_SEGMENT && Text.isPlainPath(path)) {
            return path;
        }
        // First, so that a path of any length takes little work to refuse.
        if (path.length() > 4 * MAX_PATH) {
            throw new CartException.Invalid("is longer than " + MAX_PATH + " bytes");
        }
        if (Text.hasControl(path)) {
            throw new CartException.Invalid("has a control character");
        }
        if (path.endsWith("/")) {
            throw new CartException.Invalid("ends with /, but must name a file");
        }
        List<String> kept = new ArrayList<>();
        for (String segment : path.split("/")) {
            if (segment.equals("..")) {
                throw new CartException.Invalid("has a .. segment");
            }
            if (utf8Length(segment) > MAX_SEGMENT) {
                throw new CartException.Invalid("has a segment of more than " + MAX_SEGMENT + " bytes");
            }
            if (!segment.isEmpty() && !segment.equals(".")) {
                kept.add(segment);
            }
        }
        if (kept.isEmpty()) {
            throw new CartException.Invalid("is empty");
        }
        String normalised = kept.stream().collect(Collectors.joining("/"));
        if (utf8Length(normalised) > MAX_PATH) {
            throw new CartException.Invalid("is longer than " + MAX_PATH + " bytes");
        }
        return normalised;
    }

    private static int utf8Length(String text) {
        try {
            return StandardCharsets.UTF_8
                    .newEncoder()
                    .encode(CharBuffer.wrap(text))
                    .remaining();
        } catch (CharacterCodingException e) {
            throw new CartException.Invalid("has an unpaired surrogate");
        }
    }
}
