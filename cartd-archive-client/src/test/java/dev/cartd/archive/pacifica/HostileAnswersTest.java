package dev.cartd.archive.pacifica;

import dev.cartd.HostileInputs;
import dev.cartd.spi.Archive.Found;
import dev.cartd.spi.ArchiveException;
import java.util.List;
import okhttp3.Headers;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What becomes of answers of the archive that could be anything. */
class HostileAnswersTest {
    @Test
    void headersAreAStatusOrRefused() {
        HostileInputs.texts(List.of("10\n1469821263\ndisk", "0\nSat, 21 Nov 2026 00:00:00 GMT\ntape"), text -> {
            String[] values = text.split("\n", 3);
            Headers.Builder headers = new Headers.Builder();
            String[] names = {"X-Content-Length", "Last-Modified", "X-Pacifica-File-Storage-Media"};
            for (int i = 0; i < values.length; i++) {
                headers.addUnsafeNonAscii(names[i], values[i].replaceAll("[\r\n\\x00]", ""));
            }
            try {
                Found found = StatusHeaders.found(headers.build());
                assertThat(found.size()).isGreaterThanOrEqualTo(0);
                assertThat(found.mtime()).isBetween(0L, Found.MAX_MTIME);
            } catch (ArchiveException.Refused e) {
                assertOneLine(e);
            }
        });
    }

    @Test
    void aRefusalHasOneLineOfReason() {
        String python = "{\"message\": \"m\", \"traceback\": \"Traceback:\\n  x\\nFileNotFoundError: [Errno 2] f\"}";
        HostileInputs.texts(List.of(python, "<html>no</html>", "{\"message\": \"it is\\nbroken\"}"), body -> {
            Response response = new Response.Builder()
                    .request(new Request.Builder().url("http://h/").build())
                    .protocol(Protocol.HTTP_1_1)
                    .code(500)
                    .message("Internal Server Error")
                    .body(ResponseBody.create(body, MediaType.get("application/json; charset=utf-8")))
                    .build();
            assertOneLine(Refusal.of(response));
        });
    }

    private static void assertOneLine(ArchiveException e) {
        String message = String.valueOf(e.getMessage());
        assertThat(message.codePointCount(0, message.length())).isBetween(1, 301);
        assertThat(message).matches("\\P{Cntrl}*");
    }
}
