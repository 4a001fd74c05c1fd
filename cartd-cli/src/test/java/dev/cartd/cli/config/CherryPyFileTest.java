package dev.cartd.cli.config;

import dev.cartd.HostileInputs;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CherryPyFileTest {
    @Test
    void saysNothingByItself() {
        CherryPyFile file = of("");
        assertThat(file.host()).isEmpty();
        assertThat(file.port()).isEmpty();
        assertThat(file.threads()).isEmpty();
        assertThat(file.maxBody()).isEmpty();
        assertThat(file.screen()).isEmpty();
        assertThat(file.accessLog()).isEmpty();
        assertThat(file.errorLog()).isEmpty();
        assertThat(file.remarks()).isEmpty();
    }

    @Test
    void takesWhatItHonours() {
        CherryPyFile file = of("""
                [global]
                log.screen: False
                log.access_file = '/var/log/cartd/access.log'
                log.error_file = "error's.log"
                server.socket_host = '0.0.0.0'
                server.socket_port = 8090
                server.thread_pool = 20
                server.max_request_body_size = 104857600
                """);
        assertThat(file.host()).contains("0.0.0.0");
        assertThat(file.port()).contains(8090);
        assertThat(file.threads()).contains(20);
        assertThat(file.maxBody()).contains(104_857_600L);
        assertThat(file.screen()).contains(false);
        assertThat(file.accessLog()).contains(Path.of("/var/log/cartd/access.log"));
        assertThat(file.errorLog()).contains(Path.of("error's.log").toAbsolutePath());
        assertThat(file.remarks()).isEmpty();
    }

    @Test
    void takesNoneAndEmptyAndNoLimitForUnset() {
        CherryPyFile file = of("""
                [global]
                log.access_file = ''
                server.socket_host = None
                server.max_request_body_size = 0
                """);
        assertThat(file.accessLog()).isEmpty();
        assertThat(file.host()).isEmpty();
        assertThat(file.maxBody()).isEmpty();
    }

    @Test
    void namesWhatItIgnores() {
        assertThat(
                        of("[global]\nengine.autoreload.on = False\n[/]\ntools.gzip.on = lambda: x\nserver.socket_port = 1\n")
                                .remarks())
                .containsExactly(
                        "cp.ini: [global] engine.autoreload.on is ignored",
                        "cp.ini: [/] tools.gzip.on is ignored",
                        "cp.ini: [/] server.socket_port is ignored");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "server.socket_host           | 0.0.0.0 | a string in quotes",
                "server.socket_host           | 'open   | a string in quotes",
                "server.socket_host           | True    | a string in quotes",
                "server.socket_port           | '80'    | a whole number from 0 to 65535",
                "server.socket_port           | 65536   | a whole number from 0 to 65535",
                "server.thread_pool           | 0       | a whole number from 1 to 10000",
                "server.thread_pool           | 1.5     | a whole number from 1 to 10000",
                "server.max_request_body_size | -1      | a whole number from 0",
                "log.screen                   | yes     | True or False",
                "log.error_file               | 7       | a string in quotes",
            })
    void refusesWhatCannotBeRight(String key, String value, String allowed) {
        assertThatThrownBy(() -> of("[global]\n" + key + " = " + value))
                .isInstanceOf(FailedException.class)
                .hasMessageStartingWith(
                        "[global] " + key + " = " + value + " (cp.ini) cannot be: allowed is " + allowed);
    }

    @Test
    void readsEscapesAsPythonDoes() {
        assertThat(PythonLiteral.read("'a\\\\b\\'c\\d'")).contains("a\\b'c\\d");
        assertThat(PythonLiteral.read("u\"x\\ty\"")).contains("x\ty");
        assertThat(PythonLiteral.read("None")).isEmpty();
    }

    private static CherryPyFile of(String text) {
        return CherryPyFile.of(IniFile.parse("cp.ini", text));
    }

    @Test
    void anyTextIsRefusedOrHasSettings() {
        String good = """
                [global]
                server.socket_host: '127.0.0.1'
                server.socket_port: 8081
                log.screen: True
                server.max_request_body_size: 0x10
                log.access_file: u'/a\\x41.log'
                server.thread_pool: 1_0
                """;
        HostileInputs.texts(List.of(good), text -> {
            try {
                CherryPyFile file = CherryPyFile.of(IniFile.parse("file", text));
                assertThat(file.port().orElse(0)).isBetween(0, 65_535);
            } catch (FailedException e) {
                assertThat(e.getMessage()).contains("file");
            }
        });
    }
}
