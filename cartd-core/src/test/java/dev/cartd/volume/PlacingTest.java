package dev.cartd.volume;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Feature;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class PlacingTest {
    private static final int ROUNDS = 2_000;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoComesLateFindsTheWholeFile(boolean links) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (FileSystem files = Jimfs.newFileSystem(Configuration.unix().toBuilder()
                .setSupportedFeatures(
                        links
                                ? new Feature[] {Feature.LINKS, Feature.FILE_CHANNEL}
                                : new Feature[] {Feature.FILE_CHANNEL})
                .build())) {
            Path root = Files.createDirectory(files.getPath("/volume"));
            Placing placing = new Placing();
            CyclicBarrier start = new CyclicBarrier(2);
            for (int i = 0; i < ROUNDS; i++) {
                Path target = root.resolve("target" + i);
                List<Path> parts = List.of(root.resolve("one" + i), root.resolve("two" + i));
                for (Path part : parts) {
                    Files.write(part, new byte[] {1, 2, 3});
                }
                List<Future<Long>> late = threads.invokeAll(parts.stream()
                        .<Callable<Long>>map(part -> () -> {
                            start.await();
                            return bytesFoundIfLate(placing, part, target);
                        })
                        .toList());
                assertThat(late).extracting(Future::get).containsExactlyInAnyOrder(-1L, 3L);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** How many bytes the file has that lies there already; -1 if this thread moved its own there. */
    private static long bytesFoundIfLate(Placing placing, Path part, Path target) throws IOException {
        try {
            placing.move(part, target);
            return -1;
        } catch (FileAlreadyExistsException e) {
            return Files.size(target);
        }
    }
}
