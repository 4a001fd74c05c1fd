package dev.cartd.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** What is on a volume, against what was ordered: at every instant all that has a final name has to be whole. */
final class CartsOnDisk {
    private final Path volume;
    private final Map<String, Order> orders = new TreeMap<>();
    private final Set<Path> seen = new HashSet<>();

    CartsOnDisk(Path volume) {
        this.volume = volume;
    }

    /** Remembers what a cart has to become. */
    void expect(String uid, Order order) {
        orders.put(uid, order);
    }

    /** A cart that is to be gone. */
    void forget(String uid) {
        orders.remove(uid);
    }

    /** How many files were ordered. */
    int files() {
        return orders.values().stream().mapToInt(order -> order.ids().size()).sum();
    }

    Map<String, Order> orders() {
        return orders;
    }

    /** Expects that whatever is visible is whole, to the last byte, and that links point to whole carts only. */
    void assertNothingUnfinished() throws IOException {
        for (String number : names(volume)) {
            if (number.matches("\\d+")) {
                for (String name : names(volume.resolve(number))) {
                    assertWhole(volume.resolve(number).resolve(name));
                }
            }
        }
        for (String uid : names(volume.resolve("cartuids"))) {
            if (!uid.startsWith(".")) {
                assertComplete(uid, volume.resolve("cartuids").resolve(uid));
            }
        }
    }

    /** Expects what is there when all is done: the carts, a link to each, and nothing else. */
    void assertTidy() throws IOException {
        assertNothingUnfinished();
        assertThat(names(volume.resolve("cartuids"))).containsExactlyInAnyOrderElementsOf(orders.keySet());
        assertThat(names(volume)).allMatch(name -> name.matches("\\d+|cartuids|\\.cartd-volume"));
        try (Stream<Path> all = Files.walk(volume)) {
            assertThat(all.filter(path -> path.getFileName().toString().startsWith("."))
                            .filter(path -> !path.equals(volume.resolve(".cartd-volume"))))
                    .as("leftovers")
                    .isEmpty();
        }
        long directories =
                names(volume).stream().filter(name -> name.matches("\\d+")).count();
        assertThat(directories).isEqualTo(orders.size());
    }

    private void assertWhole(Path path) throws IOException {
        String name = path.getFileName().toString();
        if (name.equals(".part") || seen.contains(path)) {
            return;
        }
        if (name.endsWith(".tar")) {
            String uid = name.substring(0, name.length() - ".tar".length());
            assertTar(uid, path);
            return;
        }
        Map<String, byte[]> files = order(name).files();
        try (Stream<Path> tree = Files.walk(path)) {
            for (Path file : tree.filter(Files::isRegularFile).toList()) {
                if (seen.add(file)) {
                    byte[] expected = files.get(path.relativize(file).toString());
                    assertThat(expected).as(file.toString()).isNotNull();
                    assertThat(Arrays.equals(Files.readAllBytes(file), expected))
                            .as(file.toString())
                            .isTrue();
                }
            }
        }
    }

    private void assertTar(String uid, Path tar) throws IOException {
        Contents.assertSame(
                Contents.ofTar(Files.newInputStream(tar)), uid, order(uid).files());
        seen.add(tar);
    }

    private void assertComplete(String uid, Path link) throws IOException {
        assertThat(Files.isSymbolicLink(link)).as(link.toString()).isTrue();
        if (Files.isDirectory(link)) {
            for (String path : order(uid).files().keySet()) {
                assertThat(Files.isRegularFile(link.resolve(path), LinkOption.NOFOLLOW_LINKS))
                        .as(uid + " shows " + path)
                        .isTrue();
            }
        } else {
            Path tar = volume.resolve("cartuids").resolve(Files.readSymbolicLink(link));
            assertThat(seen).as(uid).contains(tar.normalize());
        }
    }

    private Order order(String uid) {
        Order order = orders.get(uid);
        assertThat(order).as("a cart of the name " + uid).isNotNull();
        return orders.getOrDefault(uid, order);
    }

    private static List<String> names(Path directory) throws IOException {
        try {
            return LiveServer.names(directory);
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }
}
