package dev.cartd.cli.get;

import dev.cartd.cart.BundlePath;
import dev.cartd.cart.FailureText;
import dev.cartd.cli.config.FailedException;
import dev.cartd.cli.get.CartServer.ServerAway;
import dev.cartd.cli.get.Patience.NotFinished;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Fetches the tar of a cart once it is ready, goes on where an earlier download was cut, and proves all its members.
 */
final class TarDownload {
    private static final int MOST_ETAG = 1000;

    private final CartServer server;
    private final CartWatch watch;
    private final TargetDirectory directory;
    private final BundlePath name;
    private final GetProgress progress;
    private final Patience patience;
    private OptionalLong total = OptionalLong.empty();

    /** @param name the name of the tar in the directory */
    TarDownload(
            CartServer server,
            TargetDirectory directory,
            BundlePath name,
            GetProgress progress,
            Supplier<Patience> patience) {
        this.server = server;
        this.watch = new CartWatch(server, progress, patience);
        this.directory = directory;
        this.name = name;
        this.progress = progress;
        this.patience = patience.get();
    }

    /**
     * Fetches the tar, and returns the number of files in it.
     *
     * @throws FailedException if it cannot be had, or is not what the cart says
     * @throws NotFinished if nothing of it came for too long
     */
    int run() throws NotFinished, InterruptedException {
        try {
            awaitReady();
            TarProof proof = TarProof.of(watch);
            Optional<Path> there = directory.existing(name);
            if (there.isPresent()) {
                return prove(proof, there.get());
            }
            Path part = directory.part("tar");
            fetch(part);
            int files = prove(proof, part);
            directory.place(part, name);
            return files;
        } catch (FileFailed e) {
            throw new FailedException(name.value() + ": " + e.getMessage());
        }
    }

    private void awaitReady() throws NotFinished, InterruptedException {
        for (CartState now = watch.ask(); !now.isReady(); now = watch.ask()) {
            if (now.isFailed()) {
                throw now.failure();
            }
            progress.show(now, 0);
            Thread.sleep(watch.pause().toMillis());
        }
    }

    private static int prove(TarProof proof, Path tar) throws FileFailed {
        try {
            return proof.of(tar);
        } catch (IOException e) {
            throw new FileFailed("cannot be read: " + FailureText.withoutName(e));
        }
    }

    private void fetch(Path place) throws FileFailed, NotFinished, InterruptedException {
        try (PartFile part = PartFile.open(place, Optional.empty(), Long.MAX_VALUE, progress)) {
            while (total.isEmpty() || part.length() < total.getAsLong()) {
                long before = part.length();
                String cut;
                try (Download download = open(part)) {
                    if (begin(download, part)) {
                        copy(download, part);
                        cut = "the server sends fewer bytes than it says";
                    } else {
                        cut = "the tar cannot be had";
                        awaitReady();
                    }
                } catch (ServerAway e) {
                    cut = e.getMessage();
                }
                if (part.length() > before) {
                    patience.progressed();
                } else if (total.isEmpty() || part.length() < total.getAsLong()) {
                    patience.pause(cut);
                }
            }
            part.finish(Optional.empty());
        }
    }

    /** Without the ETag of its beginning, a part is worth nothing. */
    private Download open(PartFile part) throws ServerAway {
        Optional<String> etag = etag();
        if (etag.isEmpty()) {
            part.clear();
        }
        return server.open(server.link().tar(name.value()), part.length(), etag);
    }

    /** Judges the answer; false if the tar cannot be had now. */
    private boolean begin(Download download, PartFile part) throws FileFailed {
        switch (download.code()) {
            case 206 -> download.requireFrom(part.length());
            case 200 -> {
                part.clear();
                remember(download.etag());
            }
            // All was there already: a range behind the end cannot be had. Else the beginning is another tar's.
            case 416 -> {
                if (!download.isWhole(part.length())) {
                    part.clear();
                    return false;
                }
                total = OptionalLong.of(part.length());
                return true;
            }
            // The cart will say what became of it.
            case 202, 404, 409, 410 -> {
                return false;
            }
            default -> throw download.unexpected();
        }
        total = download.total();
        if (total.isEmpty()) {
            throw new FileFailed("the server does not say how large it is");
        }
        progress.total(total.getAsLong());
        return true;
    }

    private void copy(Download download, PartFile part) throws FileFailed, ServerAway {
        if (download.code() != 416) {
            download.copyTo(part, total.orElse(0));
        }
    }

    /** The ETag of the tar whose beginning is there; empty if that is not known. */
    private Optional<String> etag() {
        try {
            Path path = directory.part("etag");
            return Files.isRegularFile(path) && Files.size(path) <= MOST_ETAG
                    ? Optional.of(Files.readString(path)).filter(known -> known.matches("\"[!-~]+\""))
                    : Optional.empty();
        } catch (IOException e) {
            // Not text, say: the download begins anew.
            return Optional.empty();
        }
    }

    /** Remembers the ETag before the first byte comes. */
    private void remember(Optional<String> etag) {
        Path path = directory.part("etag");
        try {
            Files.deleteIfExists(path);
            // A weak one does not promise the same bytes.
            Optional<String> strong = etag.filter(known -> known.startsWith("\"") && known.length() <= MOST_ETAG);
            if (strong.isPresent()) {
                Files.writeString(path, strong.get(), StandardCharsets.US_ASCII);
            }
        } catch (IOException e) {
            throw new FailedException("cannot write " + path, e);
        }
    }
}
