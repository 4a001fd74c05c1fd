package dev.cartd.archive.dav;

import dev.cartd.archive.http.WebServerContract;
import dev.cartd.spi.Archive;
import java.time.Duration;

class DavArchiveContractTest extends WebServerContract {
    private final DavArchive archive = new DavArchive(server.url(), Duration.ofSeconds(20), 8);

    DavArchiveContractTest() {
        super("/files/");
    }

    @Override
    protected Archive archive() {
        return archive;
    }
}
