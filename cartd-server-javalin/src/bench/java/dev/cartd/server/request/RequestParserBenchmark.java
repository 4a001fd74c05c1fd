package dev.cartd.server.request;

import dev.cartd.cart.CartRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What it costs to read the body of a POST. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class RequestParserBenchmark {
    /** How many files are asked for. */
    @Param({"3", "1000", "100000"})
    int files;

    private byte[] body = new byte[0];

    /** For JMH. */
    public RequestParserBenchmark() {}

    /** Makes the body. */
    @Setup
    public void make() {
        body = IntStream.range(0, files)
                .mapToObj(i -> """
                        {"id": "2026/%1$06d", "path": "d%2$d/f%1$06d", "hashtype": "md5", "hashsum": "%1$032x"}"""
                        .formatted(i, i % 100))
                .collect(Collectors.joining(", ", "{\"fileids\": [", "]}"))
                .getBytes(StandardCharsets.UTF_8);
    }

    /** The request of a body that is in memory as a whole. */
    @Benchmark
    public CartRequest parse() throws IOException {
        CartRequestParser parser = new CartRequestParser("x", true, files, bytes -> {});
        parser.accept(body, body.length);
        return parser.finish();
    }
}
