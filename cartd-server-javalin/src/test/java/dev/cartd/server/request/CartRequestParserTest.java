package dev.cartd.server.request;

import dev.cartd.HostileInputs;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartRequest.Item;
import dev.cartd.server.http.Refused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CartRequestParserTest {
    private static final String MD5 = "ac59bb32dac432674dd6e620a6b35ff3";
    private static final String GOOD =
            "{\"id\": \"foo.txt\", \"path\": \"1/foo.txt\", \"hashtype\": \"md5\", \"hashsum\": \"" + MD5 + "\"}";

    private static CartRequest parse(String json) throws IOException {
        return parse(json.getBytes(StandardCharsets.UTF_8), Integer.MAX_VALUE);
    }

    /** Parses a body that comes in pieces of this size. */
    private static CartRequest parse(byte[] body, int piece) throws IOException {
        CartRequestParser parser = new CartRequestParser("x", true, 10, bytes -> {});
        byte[] buffer = new byte[0];
        for (int at = 0; at < body.length; ) {
            int size = Math.min(piece, body.length - at);
            byte[] bytes = Arrays.copyOf(buffer, buffer.length + size);
            System.arraycopy(body, at, bytes, buffer.length, size);
            at += size;
            int taken = parser.accept(bytes, bytes.length);
            buffer = Arrays.copyOfRange(bytes, taken, bytes.length);
            Arrays.fill(bytes, (byte) '!');
        }
        return parser.finish();
    }

    private static void assertRefused(String json, String message) {
        assertThatThrownBy(() -> parse(json))
                .isInstanceOf(CartException.Invalid.class)
                .hasMessageContaining(message);
    }

    @Test
    void aBodyBecomesARequest() throws IOException {
        CartRequest request = parse("{\"fileids\": [" + GOOD + "], \"bundle\": false}");
        assertThat(request.uid()).isEqualTo("x");
        assertThat(request.bundle()).isFalse();
        assertThat(request.items()).containsExactly(Item.of("foo.txt", "1/foo.txt", "md5", MD5));
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, false", "null, true"})
    void bundleIsTrueOrFalseOrTheDefault(String value, boolean bundle) throws IOException {
        assertThat(parse("{\"bundle\": " + value + ", \"fileids\": [" + GOOD + "]}")
                        .bundle())
                .isEqualTo(bundle);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\"yes\"", "\"false\"", "\"\"", "0", "1", "2", "[]", "{}", "[true]", "1.5", "{\"a\": [true]}"})
    void bundleIsNothingElse(String value) {
        assertRefused("{\"fileids\": [" + GOOD + "], \"bundle\": " + value + "}", "bundle: must be true or false");
    }

    @ParameterizedTest
    @ValueSource(strings = {"12345", "0", "-7", "123456789012345678901234567890"})
    void anIdIsAlsoAnIntegerAsWritten(String id) throws IOException {
        assertThat(parse("{\"fileids\": [" + GOOD.replace("\"foo.txt\"", id) + "]}")
                        .items()
                        .get(0)
                        .archiveId())
                .isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"12.5", "12.0", "1e3", "{\"a\": 1}", "null", "true", "[\"a\"]", "[]"})
    void anIdIsNothingElse(String id) {
        assertRefused(
                "{\"fileids\": [" + GOOD + ", " + GOOD.replace("\"foo.txt\"", id) + "]}",
                "fileids[1].id: must be a string or an integer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "path", "hashtype", "hashsum"})
    void everyKeyIsNeeded(String key) {
        String without = GOOD.replace("\"" + key + "\"", "\"other\"");
        assertRefused(
                "{\"fileids\": [" + GOOD + "," + GOOD + "," + GOOD + "," + without + "]}",
                "fileids[3]." + key + ": missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"path", "hashtype", "hashsum"})
    void everyOtherKeyIsAString(String key) {
        for (String value : List.of("1", "null", "true", "[]", "{\"a\": {}}", "1.5")) {
            String wrong = GOOD.replaceAll("\"" + key + "\": \"[^\"]*\"", "\"" + key + "\": " + value.replace("$", ""));
            assertRefused("{\"fileids\": [" + wrong + "]}", "fileids[0]." + key + ": must be a string");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|fileids: missing",
                "{\"fileids\": null}|fileids: must be a list",
                "{\"fileids\": {\"id\": \"foo\"}}|fileids: must be a list",
                "{\"fileids\": \"x\"}|fileids: must be a list",
                "{\"fileids\": []}|fileids: is empty",
                "{\"fileids\": [\"foo.txt\"]}|fileids[0]: must be an object",
                "{\"fileids\": [[1, [2]]]}|fileids[0]: must be an object",
                "{\"fileids\": [null]}|fileids[0]: must be an object",
                "{\"fileids\": [{}]}|fileids[0].id: missing",
                "null|the body must be a JSON object",
                "[]|the body must be a JSON object",
                "\"x\"|the body must be a JSON object",
                "7|the body must be a JSON object",
                "''|Invalid JSON document",
                "{|Invalid JSON document",
                "{\"fileids\": [|Invalid JSON document",
                "hello|Invalid JSON document",
                "{\"x\": NaN}|Invalid JSON document",
                "{\"x\": Infinity}|Invalid JSON document",
                "{'fileids': []}|Invalid JSON document",
                "{fileids: []}|Invalid JSON document",
                "{\"x\": 01}|Invalid JSON document",
                "{\"x\": +1}|Invalid JSON document",
                "{\"x\": .5}|Invalid JSON document",
                "{\"x\": 1,}|Invalid JSON document",
                "{\"x\": [1,]}|Invalid JSON document",
                "{\"x\": \"\\x\"}|Invalid JSON document",
                "{\"x\": 1 /* y */}|Invalid JSON document",
                "{} {}|Invalid JSON document",
                "{} x|Invalid JSON document",
                "{}]|Invalid JSON document",
            })
    void whatIsWrongIsNamed(String json, String message) {
        assertRefused(json, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"1/foo.txt\"|\"../x\"|fileids[0].path: has a .. segment",
                "\"1/foo.txt\"|\"/\"|fileids[0].path: ",
                "\"1/foo.txt\"|\"\"|fileids[0].path: is empty",
                "\"1/foo.txt\"|\"a\\u0000b\"|fileids[0].path: has a control character",
                "\"1/foo.txt\"|\"a\\ud800b\"|fileids[0].path: has an unpaired surrogate",
                "\"foo.txt\"|\"\"|fileids[0].id: is empty",
                "\"foo.txt\"|\"a/../b\"|fileids[0].id: has an empty, . or .. segment",
            })
    void whatTheCoreRefusesIsNamedToo(String good, String bad, String message) {
        assertRefused("{\"fileids\": [" + GOOD.replace(good, bad) + "]}", message);
    }

    @Test
    void twoFilesAtOnePathAreNamed() {
        assertRefused(
                "{\"fileids\": [" + GOOD + ","
                        + GOOD.replace("foo.txt\",", "bar.txt\",").replace("1/bar", "1/foo") + "]}",
                "fileids[1].path: 1/foo.txt is also the path of fileids[0]");
    }

    @Test
    void unknownKeysAreSkippedAtAnyDepth() throws IOException {
        String junk = "{\"id\": [1, {\"fileids\": [{}]}], \"bundle\": {\"a\": [[[]]]}, \"n\": -1.5e300}";
        CartRequest request = parse("{\"foo\": " + junk + ", \"fileids\": [" + "{\"extra\": " + junk + ", "
                + GOOD.substring(1) + "], \"bar\": \"x\"}");
        assertThat(request.items()).hasSize(1);
    }

    @Test
    void ofAKeyThatIsThereTwiceTheLastCounts() throws IOException {
        assertThat(parse("{\"fileids\": \"x\", \"fileids\": [7], \"fileids\": [" + GOOD + "]}")
                        .items())
                .hasSize(1);
        assertThat(parse("{\"fileids\": [" + GOOD.replace("{", "{\"id\": 1.5, \"path\": [], ") + "]}")
                        .items())
                .hasSize(1);
        assertThat(parse("{\"bundle\": 7, \"bundle\": false, \"fileids\": [" + GOOD + "]}")
                        .bundle())
                .isFalse();
        assertRefused("{\"fileids\": [" + GOOD + "], \"fileids\": []}", "fileids: is empty");
        assertRefused("{\"fileids\": [" + GOOD.replace("}", ", \"id\": 1.5}") + "]}", "fileids[0].id: must be");
    }

    @Test
    void aHashThatIsNoneIsTaken() throws IOException {
        assertThat(parse("{\"fileids\": [" + GOOD.replace(MD5, "").replace("\"md5\"", "\"\"") + "]}")
                        .items())
                .hasSize(1);
    }

    @Test
    void anyCutOfTheBytesGivesTheSame() throws IOException {
        String json = " {\"ü\": \"😀\\ud83d\\ude00\", \"bundle\": true, \"fileids\" : [ "
                + GOOD.replace("1/foo.txt", "ünï/€/😀") + ", " + GOOD.replace("\"foo.txt\"", "1234567890") + "] } \n";
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        CartRequest whole = parse(body, Integer.MAX_VALUE);
        assertThat(whole.items().get(0).path().value()).isEqualTo("ünï/€/😀");
        for (int piece = 1; piece < 40; piece++) {
            assertThat(parse(body, piece)).isEqualTo(whole);
        }
    }

    @Test
    void aByteOrderMarkIsSkipped() throws IOException {
        byte[] body = ("\ufeff{\"fileids\": [" + GOOD + "]}").getBytes(StandardCharsets.UTF_8);
        assertThat(parse(body, Integer.MAX_VALUE).items()).hasSize(1);
        assertThat(parse(body, 1).items()).hasSize(1);
    }

    @Test
    void whatIsNotUtf8IsRefused() {
        int[][] bads = {{0xff}, {0xc0, 0x80}, {0xed, 0xa0, 0x80}, {0xf8, 0x88, 0x80, 0x80, 0x80}, {0xe2, 0x82}, {0x80}};
        for (int[] bad : bads) {
            StringBuilder latin = new StringBuilder("{\"x\": \"");
            for (int b : bad) {
                latin.append((char) b);
            }
            byte[] body = latin.append("\"}").toString().getBytes(StandardCharsets.ISO_8859_1);
            for (int piece : new int[] {1, 3, Integer.MAX_VALUE}) {
                assertThatThrownBy(() -> parse(body, piece))
                        .isInstanceOf(CartException.Invalid.class)
                        .hasMessageContaining("not UTF-8");
            }
        }
        byte[] utf16 = ("{\"fileids\": [" + GOOD + "]}").getBytes(StandardCharsets.UTF_16);
        assertThatThrownBy(() -> parse(utf16, Integer.MAX_VALUE)).isInstanceOf(CartException.Invalid.class);
    }

    @Test
    void aCharacterThatIsCutOffAtTheEndIsRefused() {
        byte[] body = "{\"x\": \"ü".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> parse(Arrays.copyOf(body, body.length - 1), 5))
                .isInstanceOf(CartException.Invalid.class);
    }

    @Test
    void depthAndSizesAreBounded() {
        assertRefused("{\"x\": " + "[".repeat(200_000), "Invalid JSON document");
        assertRefused("{\"x\": " + "{\"x\": ".repeat(200_000), "Invalid JSON document");
        assertRefused(
                "{\"fileids\": [" + GOOD.replace("\"foo.txt\"", "1".repeat(1500)) + "]}", "fileids[0].id: is longer");
    }

    /** A body that goes on with the same bytes for ever; answers after how many bytes it was refused, and why. */
    private static String refusedWithin(String begin, String again, int most) throws IOException {
        CartRequestParser parser = new CartRequestParser("x", true, 10, bytes -> {});
        byte[] first = begin.getBytes(StandardCharsets.UTF_8);
        parser.accept(first, first.length);
        byte[] more = again.repeat(8000 / again.length()).getBytes(StandardCharsets.UTF_8);
        for (int sent = 0; sent < most; sent += more.length) {
            try {
                assertThat(parser.accept(more, more.length)).isEqualTo(more.length);
            } catch (CartException.Invalid e) {
                return e.getMessage();
            }
        }
        return "not within " + most + " bytes";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"x\": ",
                "{\"x\": [1, {\"y\": ",
                "{\"bundle\": ",
                "{\"fileids\": ",
                "{\"fileids\": [{\"id\": ",
                "{\"fileids\": [{\"x\": ",
                "{\"fileids\": [",
                ""
            })
    void noTokenIsWithoutEndWhereverItStands(String before) throws IOException {
        for (String digits : List.of("1", "-1", "1.", "1e", "1E+1", "0.0")) {
            assertThat(refusedWithin(before + digits, "1", 100_000)).contains("Invalid JSON document");
        }
        assertThat(refusedWithin(before + "\"", "x", 1_100_000)).contains("Invalid JSON document");
        assertThat(refusedWithin(before + "\"", "\\u00fc\\n", 1_100_000)).contains("Invalid JSON document");
        assertThat(refusedWithin(before, " \n\t\r", 1_100_000)).contains("Invalid JSON document");
        assertThat(refusedWithin(before, "[", 10_000)).contains("Invalid JSON document");
        assertThat(refusedWithin(before + "{\"", "x", 1_100_000)).contains("Invalid JSON document");
        assertThat(refusedWithin(before, "{\"a\":", 10_000)).contains("Invalid JSON document");
    }

    @Test
    void spaceAtTheEndIsNotWithoutEndEither() throws IOException {
        assertThat(refusedWithin("{\"fileids\": [" + GOOD + "]}", " ", 1_100_000))
                .contains("white space");
    }

    @Test
    void longTextsNobodyAskedForAreSkipped() throws IOException {
        String text = "\\\"x".repeat(200_000);
        assertThat(parse("{\"abstract\": \"" + text + "\", \"" + "n".repeat(60_000) + "\": " + "7".repeat(5_000)
                                + ", \"fileids\": [" + GOOD + "]}")
                        .items())
                .hasSize(1);
    }

    @Test
    void anIdThatIsAHugeNumberIsNotReckoned() {
        for (String id : List.of("1e999999999", "-1E-999999999", "1.0e2147483648")) {
            assertRefused(
                    "{\"fileids\": [" + GOOD.replace("\"foo.txt\"", id) + "]}", "fileids[0].id: must be a string");
        }
    }

    @Test
    void namesAreNotKept() throws IOException {
        CartRequestParser parser = new CartRequestParser("x", true, 10, bytes -> {});
        byte[] begin = "{\"x\": {".getBytes(StandardCharsets.UTF_8);
        parser.accept(begin, begin.length);
        Runtime runtime = Runtime.getRuntime();
        System.gc();
        long before = runtime.totalMemory() - runtime.freeMemory();
        String longName = "n".repeat(40_000);
        for (int i = 0; i < 1_000; i++) {
            byte[] name = ("\"" + longName + i + "\":1,").getBytes(StandardCharsets.UTF_8);
            assertThat(parser.accept(name, name.length)).isEqualTo(name.length);
        }
        System.gc();
        long kept = runtime.totalMemory() - runtime.freeMemory() - before;
        assertThat(kept).isLessThan(10_000_000);
        assertThatThrownBy(parser::finish).isInstanceOf(CartException.Invalid.class);
    }

    @Test
    void tooManyFilesAreRefusedAtOnce() {
        String open = "{\"fileids\": [" + GOOD + ", {}, 7, " + "null, ".repeat(7);
        assertThatThrownBy(() -> parse(open + "null"))
                .isInstanceOf(Refused.class)
                .hasMessage("fileids: a cart can have at most 10 files")
                .satisfies(e -> assertThat(((Refused) e).status()).isEqualTo(413));
    }

    @Test
    void keysThatCollideAreNoTrouble() throws IOException {
        Random random = new Random(1);
        StringBuilder json = new StringBuilder("{");
        for (int i = 0; i < 50_000; i++) {
            json.append('"').append(Long.toString(random.nextLong(), 36)).append("\": 1, ");
        }
        assertThat(parse(json + "\"fileids\": [" + GOOD + "]}").items()).hasSize(1);
    }

    @Test
    void anyDamageIsRefusedOrHarmless() {
        byte[] good = ("{\"fileids\": [" + GOOD + "], \"bundle\": true, \"x\": [1.5, null, \"\\u00fc\"]}")
                .getBytes(StandardCharsets.UTF_8);
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] body = good.clone();
            for (int hits = random.nextInt(4); hits >= 0; hits--) {
                body[random.nextInt(body.length)] = (byte) random.nextInt(256);
            }
            int piece = 1 + random.nextInt(50);
            try {
                assertThat(parse(body, piece).items()).isNotEmpty();
            } catch (CartException.Invalid | IOException e) {
                assertThat(e).isInstanceOf(CartException.Invalid.class);
            }
        }
    }

    @Test
    void anyBodyIsARequestOrRefusedAlikeInOneAndInManyPieces() {
        String good = "{\"fileids\": [" + GOOD + ", " + GOOD.replace("foo", "bar") + "], \"bundle\": false}";
        HostileInputs.bytes(
                List.of(good, "{\"x\": [[{\"y\": null}], 1e5, \"\\u00e9\"], " + good.substring(1)), body -> {
                    String whole = outcome(body, Integer.MAX_VALUE);
                    assertThat(outcome(body, 1 + body.length / 7)).isEqualTo(whole);
                });
    }

    private static String outcome(byte[] body, int piece) throws IOException {
        try {
            return parse(body, piece).toString();
        } catch (CartException.Invalid | Refused e) {
            return "refused"; // Which of several faults is the reason depends on the pieces.
        }
    }
}
