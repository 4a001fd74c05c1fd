package dev.cartd.archive.tape;

import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveContract;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;

class TapeArchiveContractTest extends ArchiveContract {
    private final TapeServer server = new TapeServer();
    private final TapeArchive archive = new TapeArchive(
            server.url(),
            new TapeSettings(Optional.empty(), 500, 2, Optional.empty(), Set.of()),
            Duration.ofSeconds(20),
            8);

    @AfterEach
    void stop() {
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
        server.data().stall(id);
        return true;
    }

    @Override
    protected boolean cut(String id) {
        server.data().cut(id);
        return true;
    }
}
