package dev.cartd.archive.tape;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cartd.HostileInputs;
import dev.cartd.spi.ArchiveException;
import java.util.List;
import java.util.function.Function;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What becomes of answers of a tape interface that could be anything. */
class HostileAnswersTest {
    private static void read(int code, String body, Function<JsonNode, Object> reader) {
        Response response = new Response.Builder()
                .request(new Request.Builder().url("http://h/").build())
                .protocol(Protocol.HTTP_1_1)
                .code(code)
                .message("")
                .body(ResponseBody.create(body, MediaType.get("application/json; charset=utf-8")))
                .build();
        try {
            assertThat(reader.apply(TapeApi.json(response))).isNotNull();
        } catch (ArchiveException e) {
            assertThat(e.getMessage().codePointCount(0, e.getMessage().length()))
                    .isBetween(1, 301);
            assertThat(e.getMessage()).matches("\\P{Cntrl}*");
        }
    }

    @Test
    void placesAreReadOrRefused() {
        HostileInputs.texts(
                List.of("[{\"path\": \"/a\", \"locality\": \"TAPE\"}, {\"path\": \"/b\", \"error\": \"gone\"}]", "[]"),
                body -> read(200, body, TapeApi::places));
    }

    @Test
    void failuresAreReadOrRefused() {
        HostileInputs.texts(
                List.of("{\"files\": [{\"path\": \"/a\", \"state\": \"FAILED\", \"error\": \"no tape\"}]}"),
                body -> read(200, body, TapeApi::failures));
    }

    @Test
    void aNumberNeverLeadsElsewhere() {
        HostileInputs.texts(List.of("{\"requestId\": \"r-1\"}", "{\"requestId\": \"..\"}"), body -> {
            read(200, body, answer -> {
                String number = TapeApi.number(answer);
                assertThat(number)
                        .doesNotContain("/", "?", "#", "%", "\\")
                        .isNotEqualTo(".")
                        .isNotEqualTo("..");
                return number;
            });
        });
    }

    @Test
    void aRefusalHasOneLineOfReason() {
        HostileInputs.texts(
                List.of("{\"title\": \"too many\", \"detail\": \"at most\\n500\"}", "<html>no</html>"),
                body -> read(400, body, answer -> answer));
    }
}
