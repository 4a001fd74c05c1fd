package dev.cartd.cli.metrics;

import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** An archive that counts its requests and the bytes that it sends. Safe for use by many threads, as the archive is. */
final class CountedArchive implements Archive {
    /** A kind of request. */
    enum Method {
        STAGE,
        STATUS,
        PULL,
        RELEASE,
        CANCEL;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Why a request failed. */
    enum Failure {
        MISSING,
        REFUSED,
        UNREACHABLE;

        static Failure of(ArchiveException e) {
            return e instanceof ArchiveException.Missing
                    ? MISSING
                    : e instanceof ArchiveException.Unreachable ? UNREACHABLE : REFUSED;
        }

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What an archive did so far. */
    static final class Counts {
        private final Map<Method, Latency> latencies = new EnumMap<>(Method.class);
        private final Map<Method, Map<Failure, LongAdder>> failures = new EnumMap<>(Method.class);
        private final LongAdder running = new LongAdder();
        private final LongAdder files = new LongAdder();
        private final LongAdder bytes = new LongAdder();

        Counts() {
            for (Method method : Method.values()) {
                latencies.put(method, new Latency());
                Map<Failure, LongAdder> kinds = new EnumMap<>(Failure.class);
                for (Failure failure : Failure.values()) {
                    kinds.put(failure, new LongAdder());
                }
                failures.put(method, kinds);
            }
        }

        /** How long answers took; that of a pull until its first byte could be read. */
        Latency latency(Method method) {
            return find(latencies, method);
        }

        LongAdder failures(Method method, Failure failure) {
            return find(find(failures, method), failure);
        }

        /** The requests that wait for their answer now. */
        LongAdder running() {
            return running;
        }

        /** The pulls that came to the end of their file. */
        LongAdder files() {
            return files;
        }

        LongAdder bytes() {
            return bytes;
        }

        private static <K, V> V find(Map<K, V> map, K key) {
            V value = map.get(key);
            if (value == null) {
                throw new IllegalArgumentException("nothing is counted for " + key);
            }
            return value;
        }
    }

    private final Archive archive;
    private final Counts counts;

    CountedArchive(Archive archive, Counts counts) {
        this.archive = archive;
        this.counts = counts;
    }

    @Override
    public void stage(String id) {
        String unused = count(Method.STAGE, () -> {
            archive.stage(id);
            return id;
        });
    }

    @Override
    public Found status(String id) {
        return count(Method.STATUS, () -> archive.status(id));
    }

    @Override
    public int batch() {
        return archive.batch();
    }

    @Override
    public Staged stage(List<String> ids) {
        Staged staged = count(Method.STAGE, () -> archive.stage(ids));
        staged.failed().values().forEach(why -> failed(Method.STAGE, why));
        return staged;
    }

    @Override
    public Map<String, Status> status(List<String> ids) {
        Map<String, Status> answers = count(Method.STATUS, () -> archive.status(ids));
        answers.values().forEach(answer -> {
            if (answer instanceof Failed failure) {
                failed(Method.STATUS, failure.why());
            }
        });
        return answers;
    }

    /** Counts as a status: it says more about files whose status was asked for. */
    @Override
    public Map<String, ArchiveException> failures(String receipt, List<String> ids) {
        return count(Method.STATUS, () -> archive.failures(receipt, ids));
    }

    @Override
    public void release(String receipt, List<String> ids) {
        String unused = count(Method.RELEASE, () -> {
            archive.release(receipt, ids);
            return receipt;
        });
    }

    @Override
    public void cancel(String receipt, List<String> ids) {
        String unused = count(Method.CANCEL, () -> {
            archive.cancel(receipt, ids);
            return receipt;
        });
    }

    private void failed(Method method, ArchiveException why) {
        counts.failures(method, Failure.of(why)).increment();
    }

    @Override
    public InputStream pull(String id, long from, long size) {
        return new CountedStream(count(Method.PULL, () -> archive.pull(id, from, size)), size - from);
    }

    @Override
    public void check() {
        archive.check();
    }

    @Override
    public void close() {
        archive.close();
    }

    private <T> T count(Method method, Supplier<T> request) {
        long begun = System.nanoTime();
        counts.running.increment();
        try {
            return request.get();
        } catch (ArchiveException e) {
            failed(method, e);
            throw e;
        } finally {
            counts.running.decrement();
            counts.latency(method).endedNow(begun);
        }
    }

    private final class CountedStream extends FilterInputStream {
        private long left;

        CountedStream(InputStream in, long left) {
            super(in);
            this.left = left;
            countEnd();
        }

        @Override
        public int read() throws IOException {
            int read = in.read();
            came(read < 0 ? read : 1);
            return read;
        }

        @Override
        public int read(byte[] buffer, int from, int most) throws IOException {
            int count = in.read(buffer, from, most);
            came(count);
            return count;
        }

        private void came(int count) {
            if (count > 0) {
                counts.bytes.add(count);
                left -= count;
                countEnd();
            }
        }

        private void countEnd() {
            if (left == 0) {
                counts.files.increment();
            }
        }
    }
}
