package dev.cartd.archive.dav;

import dev.cartd.archive.http.WebServer;
import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

class DavArchiveContractTest extends ArchiveContract {
    private final WebServer server = new WebServer("/files/");
    private final DavArchive archive = new DavArchive(server.url(), Duration.ofSeconds(20), 8);

    @AfterEach
    void close() {
        archive.close();
        server.close();
    }

    @Override
    protected Archive archive() {
        return archive;
    }

    @Override
    protected void put(String id, byte[] content, long mtime) {
        server.put(id, content, mtime);
    }

    @Override
    protected boolean stall(String id) {
        server.stall(id);
        return true;
    }

    @Override
    protected boolean cut(String id) {
        server.cut(id);
        return true;
    }
}
