package dev.cartd;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * Inputs as somebody sends them who wants to do harm: examples, changed at random. One seed always makes the same
 * inputs. {@code -Dhostile.inputs=1000000} tries more of them, {@code -Dhostile.seed=7} others.
 */
public final class HostileInputs {
    private static final int COUNT = Integer.getInteger("hostile.inputs", 10_000);
    private static final long SEED = Long.getLong("hostile.seed", 1);
    private static final int FEW = Math.max(1, COUNT / 20);
    private static final int MOST_CHANGES = 6;
    private static final int LONGEST = 20_000;

    /** Far more than any of them takes on a machine that is busy with other things. */
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** What parsers stumble over. */
    private static final List<String> PIECES = List.of(
            "",
            " ",
            "\t",
            "\n",
            "\r\n",
            "\0",
            "\u007f",
            "\u0085",
            "\u202e",
            "\ufeff",
            "\ud800",
            "\ude00",
            "\u00e9",
            "\ud83d\ude00",
            "/",
            "//",
            ".",
            "..",
            "../",
            "\\",
            "%",
            "%2e",
            "%2F",
            "%00",
            "%zz",
            "%(a)s",
            "%%",
            ";",
            ":",
            "\"",
            "'",
            "`",
            "#",
            "?",
            "&",
            "=",
            "@",
            "*",
            "[",
            "]",
            "{",
            "}",
            "(",
            ")",
            "<",
            ">",
            ",",
            "-",
            "--",
            "+",
            "-1",
            "0",
            "00",
            "1e999",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775809",
            "0.1",
            "NaN",
            "\u0661",
            "null",
            "true",
            "\\u0000",
            "\\ud800",
            "file://",
            "http://",
            "//evil.example",
            "C:",
            "CON",
            "~");

    private final Random random = new Random(SEED);
    private final List<String> examples;

    private HostileInputs(List<String> examples) {
        this.examples = examples;
    }

    /** Takes one input; must throw nothing. */
    public interface Target<T> {
        /** Fails with any exception or error if the input does harm. */
        void take(T input) throws Exception;
    }

    /** Passes texts to the target that these examples became. */
    public static void texts(List<String> examples, Target<String> target) {
        new HostileInputs(examples).run(COUNT, target);
    }

    /** Like {@link #bytes}, but a twentieth of them, for targets that take some time. */
    public static void fewBytes(List<String> examples, Target<byte[]> target) {
        new HostileInputs(examples).run(FEW, text -> target.take(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** Passes bytes to the target that these examples became, of which each character is a byte. */
    public static void bytes(List<String> examples, Target<byte[]> target) {
        texts(examples, text -> target.take(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private void run(int count, Target<String> target) {
        for (int i = 0; i < count; i++) {
            String input = i < examples.size() ? examples.get(i) : changed();
            long begun = System.nanoTime();
            try {
                target.take(input);
            } catch (Throwable e) {
                throw new AssertionError("input " + i + " of seed " + SEED + ": " + shown(input), e);
            }
            if (System.nanoTime() - begun > LIMIT.toNanos()) {
                throw new AssertionError("input " + i + " of seed " + SEED + " took too long: " + shown(input));
            }
        }
    }

    private String changed() {
        StringBuilder text = new StringBuilder(example());
        int changes = 1 + random.nextInt(MOST_CHANGES);
        for (int i = 0; i < changes; i++) {
            change(text);
        }
        text.setLength(Math.min(text.length(), LONGEST));
        return text.toString();
    }

    private void change(StringBuilder text) {
        int from = random.nextInt(text.length() + 1);
        int to = Math.min(text.length(), from + random.nextInt(1 + random.nextInt(20)));
        switch (random.nextInt(8)) {
            case 0 -> text.delete(from, to);
            case 1 -> text.insert(from, text.substring(from, to));
            case 2 -> text.replace(from, to, piece());
            case 3 -> text.insert(from, piece().repeat(1 + random.nextInt(40)));
            case 4 -> text.insert(from, (char) random.nextInt(1 << (1 + random.nextInt(16))));
            case 5 -> text.insert(from, text.substring(from, to).repeat(random.nextInt(300)));
            case 6 -> text.setLength(from);
            default -> {
                String other = example();
                text.insert(from, other, random.nextInt(other.length() + 1), other.length());
            }
        }
    }

    private String piece() {
        return PIECES.get(random.nextInt(PIECES.size()));
    }

    private String example() {
        return examples.get(random.nextInt(examples.size()));
    }

    private static String shown(String input) {
        StringBuilder shown = new StringBuilder();
        input.chars()
                .limit(500)
                .forEach(c -> shown.append(c >= ' ' && c < 0x7f ? String.valueOf((char) c) : "\\u%04x".formatted(c)));
        return shown.toString();
    }
}
