package dev.cartd.cli.get;

import dev.cartd.cart.BundlePath;
import dev.cartd.cart.Checksum;
import dev.cartd.cart.FailureText;
import dev.cartd.cli.get.CartServer.ServerAway;
import dev.cartd.cli.get.FilePage.ListedFile;
import dev.cartd.cli.get.Patience.NotFinished;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Fetches single files of a cart, and proves them before they get their names. A fetch that was cut goes on where it
 * was, also in another process. Safe for use by many threads.
 */
final class FileFetch {
    /** How often wrong bytes are fetched again. */
    private static final int TRIES = 3;

    private final CartServer server;
    private final TargetDirectory directory;
    private final GetProgress progress;
    private final Supplier<Patience> patience;

    FileFetch(CartServer server, TargetDirectory directory, GetProgress progress, Supplier<Patience> patience) {
        this.server = server;
        this.directory = directory;
        this.progress = progress;
        this.patience = patience;
    }

    /**
     * Has a file in its place: looks whether it is there, or fetches it if the server has it.
     *
     * @return whether it is there; false if the server does not have it yet
     * @throws FileFailed if it cannot be had
     * @throws NotFinished if nothing of it came for too long
     */
    boolean run(ListedFile file, boolean has) throws FileFailed, NotFinished, InterruptedException {
        BundlePath path = file.checkedPath();
        Optional<Path> there = directory.existing(path);
        if (there.isPresent()) {
            prove(there.get(), file);
            return true;
        }
        return has && fetch(file, path);
    }

    private void prove(Path there, ListedFile file) throws FileFailed {
        try {
            long size = Files.size(there);
            boolean mayBeRight = file.size().isEmpty() || file.size().getAsLong() == size;
            if (!mayBeRight || !PartFile.isRight(there, file.checksum())) {
                throw new FileFailed("another file is there already, and stays: move it, or use another directory");
            }
            progress.bytes(size);
        } catch (IOException e) {
            throw new FileFailed("is there, and cannot be read: " + FailureText.withoutName(e));
        }
    }

    private boolean fetch(ListedFile file, BundlePath path) throws FileFailed, NotFinished, InterruptedException {
        long size = file.size().orElseThrow(() -> new FileFailed("the server does not say how large it is"));
        Path place = directory.part(key(path, file.checksum()));
        try (PartFile part = PartFile.open(place, Optional.of(file.checksum()), size, progress)) {
            boolean isOwn = part.length() == 0;
            for (int tries = 1; ; ) {
                if (!complete(part, path, size)) {
                    return false;
                }
                String hash = part.hash();
                if (hash.equals(file.checksum().value())) {
                    break;
                }
                // What another process left may have been damaged, by a crash of the machine say.
                if (isOwn && tries++ == TRIES) {
                    part.clear();
                    throw new FileFailed("the server sends wrong bytes: their "
                            + file.checksum().type() + " is " + hash + ", expected "
                            + file.checksum().value());
                }
                isOwn = true;
                part.clear();
            }
            part.finish(file.modified());
        }
        directory.place(place, path);
        return true;
    }

    /** Fetches until the part is complete; false if the server does not have the file yet. */
    private boolean complete(PartFile part, BundlePath path, long size)
            throws FileFailed, NotFinished, InterruptedException {
        Patience left = patience.get();
        while (part.length() < size) {
            long before = part.length();
            String cut;
            try (Download download = server.open(server.link().file(path), before, Optional.empty())) {
                if (!begin(download, part)) {
                    return false;
                }
                download.copyTo(part, size);
                cut = "the server sends fewer bytes than it says";
            } catch (ServerAway e) {
                cut = e.getMessage();
            }
            if (part.length() > before) {
                left.progressed();
            } else if (part.length() < size) {
                left.pause(cut);
            }
        }
        return true;
    }

    /** Judges the answer; false if the file cannot be had yet. */
    private boolean begin(Download download, PartFile part) throws FileFailed {
        switch (download.code()) {
            case 206 -> download.requireFrom(part.length());
            case 200 -> part.clear();
            // The cart will say why it is gone.
            case 409, 410 -> {
                return false;
            }
            default -> throw download.unexpected();
        }
        return true;
    }

    /** The name of the unfinished file: another one for another path or content, of a length that always fits. */
    private static String key(BundlePath path, Checksum checksum) {
        MessageDigest digest = Checksum.sha256();
        String text = path.value() + "\0" + checksum.type() + "\0" + checksum.value();
        return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    }
}
