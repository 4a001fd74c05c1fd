package dev.cartd.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

import static dev.cartd.Waiting.await;

/** Many clients that download one cart at once, each with some 20 kB/s. */
final class SlowReaders implements AutoCloseable {
    private static final int BYTES_AT_A_TIME = 2_000;
    private static final int PAUSE_MILLIS = 100;
    private static final int BUFFER = 8 * 1024;

    private final List<SocketChannel> readers = new ArrayList<>();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final ByteBuffer buffer = ByteBuffer.allocate(BYTES_AT_A_TIME);
    private final AtomicLongArray taken;

    private SlowReaders(int count) {
        taken = new AtomicLongArray(count);
    }

    /** Starts them, and waits until each has the beginning of the cart. */
    static SlowReaders start(int port, String uid, int count) throws IOException {
        SlowReaders all = new SlowReaders(count);
        for (int i = 0; i < count; i++) {
            all.readers.add(ask(port, uid));
        }
        ScheduledFuture<?> reading = all.thread.scheduleAtFixedRate(all::read, 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        await().atMost(60, TimeUnit.SECONDS).until(() -> !reading.isDone() && all.reading() == count);
        return all;
    }

    /** How many of them have something and are still connected. */
    int reading() {
        int reading = 0;
        for (int i = 0; i < taken.length(); i++) {
            reading += taken.get(i) > 0 ? 1 : 0;
        }
        return reading;
    }

    @Override
    public void close() throws IOException {
        thread.shutdownNow();
        for (SocketChannel reader : readers) {
            reader.close();
        }
    }

    private static SocketChannel ask(int port, String uid) throws IOException {
        SocketChannel channel = SocketChannel.open();
        // Before it connects, or the system would take much more for it.
        channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER);
        channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        String request = "GET /" + uid + " HTTP/1.1\r\nHost: x\r\n\r\n";
        channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
        channel.configureBlocking(false);
        return channel;
    }

    private void read() {
        for (int i = 0; i < readers.size(); i++) {
            buffer.clear();
            int count = read(readers.get(i));
            taken.set(i, count < 0 ? -1 : taken.get(i) + count);
        }
    }

    private int read(SocketChannel reader) {
        try {
            return reader.read(buffer);
        } catch (IOException e) {
            return -1;
        }
    }
}
