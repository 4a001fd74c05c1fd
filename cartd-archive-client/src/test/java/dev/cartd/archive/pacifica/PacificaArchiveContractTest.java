package dev.cartd.archive.pacifica;

import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveContract;
import dev.cartd.spi.ArchiveInterface;
import dev.cartd.spi.Fault;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

class PacificaArchiveContractTest extends ArchiveContract {
    private final ArchiveInterface server = new ArchiveInterface();
    private final PacificaArchive archive = new PacificaArchive(server.url(), Duration.ofSeconds(20), 8);

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
        server.put(id, content, mtime + ".29");
    }

    @Override
    protected boolean stall(String id) {
        server.faults().next("GET", id, Fault.STALL);
        return true;
    }

    @Override
    protected boolean cut(String id) {
        server.faults().next("GET", id, Fault.CUT);
        return true;
    }
}
