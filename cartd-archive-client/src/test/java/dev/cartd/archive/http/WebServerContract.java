package dev.cartd.archive.http;

import dev.cartd.spi.ArchiveContract;
import org.junit.jupiter.api.AfterEach;

/** What every archive promises, of one whose files a {@link WebServer} has. */
public abstract class WebServerContract extends ArchiveContract {
    protected final WebServer server;

    /** The files are below this path, with a slash at its end. */
    protected WebServerContract(String path) {
        server = new WebServer(path);
    }

    @AfterEach
    final void stop() {
        archive().close();
        server.close();
    }

    @Override
    protected final void put(String id, byte[] content, long mtime) {
        server.put(id, content, mtime);
    }

    @Override
    protected final boolean stall(String id) {
        server.stall(id);
        return true;
    }

    @Override
    protected final boolean cut(String id) {
        server.cut(id);
        return true;
    }
}
