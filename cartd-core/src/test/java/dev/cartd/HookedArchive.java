package dev.cartd;

import dev.cartd.spi.Archive;
import java.io.InputStream;
import java.util.function.Consumer;

/** An archive to which something happens just before it answers a pull: what, a test says for the id that is pulled. */
record HookedArchive(Archive archive, Consumer<String> onPull) implements Archive {
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
        return archive.pull(id, from, size);
    }

    @Override
    public void close() {
        archive.close();
    }
}
