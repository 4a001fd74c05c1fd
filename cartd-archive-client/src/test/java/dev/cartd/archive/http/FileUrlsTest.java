package dev.cartd.archive.http;

import dev.cartd.HostileInputs;
import dev.cartd.spi.ArchiveException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FileUrlsTest {
    /** Nothing else of the archive is asked, whatever a client calls its files. */
    @Test
    void anIdIsThePathOfOneFileBelowTheArchive() {
        FileUrls urls = new FileUrls(URI.create("http://archive.example:8080/top/"));
        HostileInputs.texts(List.of("104", "2026/run 7/a+b%20c.dat", "//evil.example/x?y#z", "..%2f.."), id -> {
            try {
                HttpUrl url = urls.request(id).build().url();
                assertThat(url.host()).isEqualTo("archive.example");
                assertThat(url.port()).isEqualTo(8080);
                assertThat(url.query()).isNull();
                assertThat(url.fragment()).isNull();
                List<String> path = new ArrayList<>(List.of("top"));
                path.addAll(Arrays.asList(id.split("/", -1)));
                assertThat(url.pathSegments()).isEqualTo(path);
            } catch (ArchiveException.Refused e) {
                assertThat(e.getMessage()).startsWith("its id");
            }
        });
    }
}
