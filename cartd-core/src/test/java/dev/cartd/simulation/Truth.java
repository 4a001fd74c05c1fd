package dev.cartd.simulation;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.FileStatus;
import dev.cartd.local.MemoryStore;
import dev.cartd.spi.SpaceStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** What must be true of the files of carts and of the volume; each check throws an {@link AssertionError} if it is not. */
final class Truth {
    private final Tape tape;
    private final MemoryStore store;
    private final Path root;
    private final boolean folds;

    /** @param folds whether names on the volume that differ in case only are one */
    Truth(Tape tape, MemoryStore store, Path root, boolean folds) {
        this.tape = tape;
        this.store = store;
        this.root = root;
        this.folds = folds;
    }

    /** Fails unless these are the files of the cart, with the bytes of the archive. */
    void requireTrue(Cart cart, NavigableMap<String, byte[]> found, String what) {
        List<CartFile> wanted = store.files(cart.id());
        if (wanted.isEmpty()) {
            return; // It was deleted meanwhile.
        }
        Set<String> names = new TreeSet<>(found.comparator());
        wanted.forEach(file -> names.add(file.path()));
        check(
                found.size() == names.size(),
                "cart " + cart.id() + ": " + what + " with " + found.keySet() + " instead of " + wanted);
        for (CartFile file : wanted) {
            byte[] bytes = found.get(file.path());
            check(
                    bytes != null && tape.isRight(file, bytes),
                    "cart " + cart.id() + ": " + what + " with wrong bytes of " + file.path());
        }
    }

    static NavigableMap<String, byte[]> tar(byte[] bytes) throws IOException {
        NavigableMap<String, byte[]> found = new TreeMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(bytes), "UTF-8")) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.isFile()) {
                    found.put(entry.getName().substring(entry.getName().indexOf('/') + 1), tar.readAllBytes());
                }
            }
        }
        return found;
    }

    private NavigableMap<String, byte[]> tree(Path top) throws IOException {
        NavigableMap<String, byte[]> found = folds ? new TreeMap<>(String.CASE_INSENSITIVE_ORDER) : new TreeMap<>();
        try (Stream<Path> paths = Files.walk(top)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                found.put(top.relativize(path).toString(), Files.readAllBytes(path));
            }
        }
        return found;
    }

    NavigableMap<String, byte[]> content(Cart cart) throws IOException {
        Path top = root.resolve(Long.toString(cart.id()));
        return cart.bundle()
                ? tar(Files.readAllBytes(top.resolve(cart.uid() + ".tar")))
                : tree(top.resolve(cart.uid()));
    }

    void checkCart(Cart cart) throws IOException {
        if (cart.status() == CartStatus.READY) {
            check(
                    tape.hadAll(store.files(cart.id())),
                    "cart " + cart.id() + " is ready, and not all its files are good");
            check(
                    store.files(cart.id()).stream().allMatch(file -> file.status() == FileStatus.STAGED),
                    "cart " + cart.id() + " is ready, and not all its files are staged");
            requireTrue(cart, content(cart), "ready");
        }
    }

    void checkVolume() throws IOException {
        Set<String> known = store.live().map(cart -> Long.toString(cart.id())).collect(Collectors.toSet());
        known.addAll(Set.of("cartuids", ".cartd-volume"));
        for (Path entry : list(root)) {
            String name = entry.getFileName().toString();
            check(known.contains(name) || isEmpty(entry), entry + " is left with " + files());
        }
        if (Files.exists(root.resolve("cartuids"))) {
            for (Path link : list(root.resolve("cartuids"))) {
                checkLink(link, known);
            }
        }
        checkBooks();
    }

    /**
     * The begin of a link that could not be made has a dot and the number of its cart as its name, and goes with it. A
     * power cut may bring back the file with which syncs are tried.
     */
    private void checkLink(Path link, Set<String> known) throws IOException {
        String uid = link.getFileName().toString();
        if (uid.startsWith(".")) {
            check(uid.equals(".trial") || known.contains(uid.substring(1)), link + " is left");
            return;
        }
        Optional<Cart> newest = store.live(uid).stream()
                .filter(cart -> cart.status() == CartStatus.READY)
                .findFirst();
        String target =
                Files.isSymbolicLink(link) ? Files.readSymbolicLink(link).toString() : "no link";
        check(
                newest.isPresent() && target.startsWith("../" + newest.get().id() + "/"),
                link + " leads to " + target + ", and the newest ready cart is " + newest.map(Cart::id));
    }

    /** Only where no cart has failed: of an unfinished tar the books have the bytes, and not the blocks. */
    private void checkBooks() throws IOException {
        if (store.live().anyMatch(cart -> cart.status() == CartStatus.ERROR)) {
            return;
        }
        long taken = taken(root, new HashSet<>());
        long booked = unowned()
                + store.space().holders().stream()
                        .mapToLong(SpaceStore.Holder::bytes)
                        .sum();
        check(
                taken <= booked,
                taken + " bytes are taken, and the books have " + booked + ": "
                        + store.space().holders() + store.space().shared() + files());
    }

    long unowned() {
        return store.space().shared().stream()
                .mapToLong(SpaceStore.Shared::unowned)
                .sum();
    }

    /** A late step may leave an empty directory of a cart that was removed meanwhile; it is swept as a stray. */
    private static boolean isEmpty(Path directory) throws IOException {
        return Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                && list(directory).isEmpty();
    }

    private List<String> files() throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                    .toList()) {
                found.add(path + " " + Files.size(path) + " in " + Files.getAttribute(path, "unix:blocks") + " as "
                        + Files.getAttribute(path, "unix:ino"));
            }
        }
        return found;
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        }
    }

    /** The bytes that all files take, each once. */
    private static long taken(Path directory, Set<Object> seen) throws IOException {
        long taken = 0;
        for (Path entry : list(directory)) {
            if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                taken += taken(entry, seen);
            } else if (Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)
                    && !entry.getFileName().toString().startsWith(".")
                    && seen.add(Files.getAttribute(entry, "unix:ino"))) {
                taken += (Integer) Files.getAttribute(entry, "unix:blocks") * (long) Inode.BLOCK;
            }
        }
        return taken;
    }

    static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
