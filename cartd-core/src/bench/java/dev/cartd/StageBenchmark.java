package dev.cartd;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.local.DirectoryArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One cart from its request until it is ready and deleted again: from a directory, with the store in memory. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class StageBenchmark {
    /** How many files of 10 KiB the cart has. */
    @Param({"1", "1000"})
    int files;

    private final List<CartRequest.Item> items = new ArrayList<>();
    private Optional<Path> home = Optional.empty();
    private Optional<Cartd> cartd = Optional.empty();
    private int last;

    /** For JMH. */
    public StageBenchmark() {}

    /** Makes the archive, and starts to work. */
    @Setup
    public void start() throws IOException, NoSuchAlgorithmException {
        Path home = Files.createTempDirectory("cartd-bench");
        Path archive = Files.createDirectory(home.resolve("archive"));
        for (int i = 0; i < files; i++) {
            byte[] bytes = new byte[10 << 10];
            bytes[0] = (byte) i;
            bytes[1] = (byte) (i >> 8);
            Files.write(archive.resolve("f" + i), bytes);
            String md5 = HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
            items.add(CartRequest.Item.of("f" + i, "d" + i % 100 + "/f" + i, "md5", md5));
        }
        this.home = Optional.of(home);
        cartd = Optional.of(Cartd.builder(new DirectoryArchive(archive), Files.createDirectory(home.resolve("volume")))
                .start());
    }

    /** Removes all of it. */
    @TearDown
    public void stop() throws IOException {
        cartd.orElseThrow().close();
        try (Stream<Path> all = Files.walk(home.orElseThrow())) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** From the request until the files are durable. */
    @Benchmark
    public Cart ready() throws InterruptedException {
        Cartd cartd = this.cartd.orElseThrow();
        String uid = "cart-" + last++;
        cartd.submit(new CartRequest(uid, false, items));
        Cart cart = cartd.await(uid, Duration.ofMinutes(1)).orElseThrow();
        cartd.delete(uid);
        return cart;
    }
}
