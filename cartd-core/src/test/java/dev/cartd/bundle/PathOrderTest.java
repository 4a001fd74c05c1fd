package dev.cartd.bundle;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PathOrderTest {
    private static final List<String> UNITS = List.of(
            "a",
            "b",
            " ",
            "!",
            "-",
            ".",
            "0",
            "~",
            "é",
            "\u0800",
            "\uD7FF",
            "\uE000",
            "\uFFFD",
            "\uD800\uDC00",
            "\uDBFF\uDFFF");

    @Test
    void pathsAreInTheOrderOfTheUtf8BytesOfEachNameOnTheWay() {
        Random random = new Random(11);
        for (int i = 0; i < 20_000; i++) {
            String left = path(random);
            String right = path(random);

            assertThat(Integer.signum(PathOrder.compare(left, right)))
                    .as("%s and %s", left, right)
                    .isEqualTo(Integer.signum(nameByName(left, right)));
        }
    }

    private static int nameByName(String left, String right) {
        String[] lefts = left.split("/");
        String[] rights = right.split("/");
        return Arrays.compare(
                lefts,
                rights,
                (l, r) ->
                        Arrays.compareUnsigned(l.getBytes(StandardCharsets.UTF_8), r.getBytes(StandardCharsets.UTF_8)));
    }

    private static String path(Random random) {
        return random.ints(1 + random.nextInt(3), 1, 4)
                .mapToObj(length -> random.ints(length, 0, UNITS.size())
                        .mapToObj(UNITS::get)
                        .collect(Collectors.joining()))
                .collect(Collectors.joining("/"));
    }
}
