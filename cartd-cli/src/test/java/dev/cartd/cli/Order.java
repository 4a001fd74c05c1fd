package dev.cartd.cli;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.cartd.spi.ArchiveInterface;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What somebody wants in a cart: files that the archive holds, and the body of a POST that asks for them. */
final class Order {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final ArchiveInterface archive;
    private final String prefix;
    private final Map<String, byte[]> files = new TreeMap<>();
    private final List<String> items = new ArrayList<>();
    private final List<String> ids = new ArrayList<>();

    Order(ArchiveInterface archive) {
        this(archive, "order" + NUMBERS.incrementAndGet() + "/");
    }

    private Order(ArchiveInterface archive, String prefix) {
        this.archive = archive;
        this.prefix = prefix;
    }

    /**
     * A cart of some files of some kilobytes; they and their ids follow from the seed, so an archive takes each once.
     */
    static Order random(ArchiveInterface archive, long seed, int count) {
        Random random = new Random(seed);
        Order order = new Order(archive, "random" + seed + "/");
        for (int i = 0; i < count; i++) {
            order.file("dir" + i % 3 + "/file" + i + ".dat", bytes(random, random.nextInt(20_000)));
        }
        return order;
    }

    static byte[] bytes(Random random, int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Puts a file into the archive, and orders it under this path. */
    Order file(String path, byte[] bytes) {
        String id = prefix + ids.size();
        archive.put(id, bytes);
        return item(id, path, "sha256", hash("SHA-256", bytes)).holding(path, bytes, id);
    }

    /** Orders whatever this is. */
    Order item(String id, String path, String hashtype, String hashsum) {
        items.add("{\"id\": \"" + quoted(id) + "\", \"path\": \"" + quoted(path) + "\", \"hashtype\": \""
                + quoted(hashtype) + "\", \"hashsum\": \"" + quoted(hashsum) + "\"}");
        return this;
    }

    /** The id of each file, in the order in which they were added. */
    List<String> ids() {
        return ids;
    }

    /** What is to be in the tar below its top directory. */
    Map<String, byte[]> files() {
        return files;
    }

    String json() {
        return "{\"fileids\": [" + String.join(",\n", items) + "]}";
    }

    String json(boolean bundle) {
        return "{\"fileids\": [" + String.join(",\n", items) + "], \"bundle\": " + bundle + "}";
    }

    static String hash(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private Order holding(String path, byte[] bytes, String id) {
        files.put(path, bytes);
        ids.add(id);
        return this;
    }

    private static String quoted(String text) {
        return new String(JsonStringEncoder.getInstance().quoteAsString(text));
    }
}
