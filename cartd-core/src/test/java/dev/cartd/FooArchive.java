package dev.cartd;

import dev.cartd.cart.FailureText;
import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** An archive that is reached through the library of its vendor. */
final class FooArchive implements Archive {
    private static final Set<String> LEAD_OUT = Set.of("", ".", "..");

    /** The calls of that library. It was given a timeout: each call and each read fails after it. */
    interface Client {
        void recall(String id) throws IOException, InterruptedException;

        Entry look(String id) throws IOException, InterruptedException;

        InputStream read(String id, long from) throws IOException, InterruptedException;
    }

    /** What it tells of a file. */
    record Entry(long bytes, Instant modified, boolean onDisk) {}

    @FunctionalInterface
    private interface Call<T> {
        T run() throws IOException, InterruptedException;
    }

    private final Client client;

    FooArchive(Client client) {
        this.client = client;
    }

    @Override
    public void stage(String id) {
        call(id, () -> {
            client.recall(id);
            return id;
        });
    }

    @Override
    public Found status(String id) {
        return call(id, () -> found(client.look(id)));
    }

    @Override
    public InputStream pull(String id, long from, long size) {
        Objects.checkFromToIndex(from, size, size);
        return call(id, () -> client.read(id, from));
    }

    /** The client belongs to who made it. */
    @Override
    public void close() {}

    private static Found found(Entry entry) {
        if (entry.bytes() < 0) {
            throw new ArchiveException.Refused("the archive says that it has " + entry.bytes() + " bytes");
        }
        long mtime = Found.nearestMtime(entry.modified());
        return new Found(entry.bytes(), mtime, entry.onDisk() ? Medium.DISK : Medium.TAPE);
    }

    private static <T> T call(String id, Call<T> call) {
        if (Stream.of(id.split("/", -1)).anyMatch(LEAD_OUT::contains)) {
            throw new ArchiveException.Refused("its id has an empty, . or .. segment");
        }
        try {
            return call.run();
        } catch (NoSuchFileException e) {
            throw new ArchiveException.Missing();
        } catch (AccessDeniedException e) {
            throw new ArchiveException.Refused("the archive answers: permission denied");
        } catch (SocketTimeoutException e) {
            throw ArchiveException.Unreachable.midway("no answer in time", e);
        } catch (IOException e) {
            throw new ArchiveException.Unreachable(FailureText.withoutName(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ArchiveException.Unreachable("interrupted", e);
        }
    }
}
