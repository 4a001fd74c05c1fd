package dev.cartd;

import dev.cartd.spi.Archive;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;

/**
 * An archive to which something happens just before it answers a pull, and just after all was taken: what, a test says
 * for the id that is pulled.
 */
record HookedArchive(Archive archive, Consumer<String> onPull, Consumer<String> onEnd) implements Archive {
    HookedArchive(Archive archive, Consumer<String> onPull) {
        this(archive, onPull, id -> {});
    }

    @Override
    public void stage(String id) {
        archive.stage(id);
    }

    @Override
    public Found status(String id) {
        return archive.status(id);
    }

    @Override
    public InputStream pull(String id, long from, long size) {
        onPull.accept(id);
        return new FilterInputStream(archive.pull(id, from, size)) {
            @Override
            public void close() throws IOException {
                super.close();
                onEnd.accept(id);
            }
        };
    }

    @Override
    public void close() {
        archive.close();
    }
}
