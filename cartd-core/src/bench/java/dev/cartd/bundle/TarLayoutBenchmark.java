package dev.cartd.bundle;

import dev.cartd.cart.CartFile;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What the layout of a cart's tar and its ETag cost, and how that grows with the files. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class TarLayoutBenchmark {
    /** How many files the cart has. */
    @Param({"1", "1000", "100000"})
    int files;

    private List<CartFile> cart = List.of();
    private TarLayout known = TarLayout.of("x", cart);

    /** For JMH. */
    public TarLayoutBenchmark() {}

    /** Makes the files. */
    @Setup
    public void make() {
        cart = IntStream.range(0, files)
                .mapToObj(i -> CartOnDisk.file(i + 1, "d" + i % 100 + "/f" + i, 10_240, 1_700_000_000))
                .toList();
        known = TarLayout.of("x", cart);
    }

    /** The layout, with its ETag, of a tar that nobody asked for before. */
    @Benchmark
    public TarLayout layout() {
        return TarLayout.of("x", cart);
    }

    /** The same under another name: little more than its ETag. */
    @Benchmark
    public String etag() {
        return known.under("y").etag();
    }
}
