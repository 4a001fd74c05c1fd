package dev.cartd.archive.http;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import okhttp3.Call;
import okhttp3.Response;

/**
 * The content of a file, read from the network. For one reading thread; any thread may close the stream. Closing
 * cancels the request unless all was read, so a waiting read fails; then it waits for that read to end, since the
 * library's buffers are for one thread.
 */
final class PulledStream extends InputStream {
    private final Call call;
    private final Response response;
    private final Duration timeout;
    private final Runnable onClose;
    private final Lock reading = new ReentrantLock();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean ended;

    PulledStream(Call call, Response response, Duration timeout, Runnable onClose) {
        this.call = call;
        this.response = response;
        this.timeout = timeout;
        this.onClose = onClose;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        reading.lock();
        try {
            if (closed.get()) {
                throw new IOException("closed");
            }
            MeteredSockets.nextStep();
            int count = length == 0 ? 0 : response.body().byteStream().read(bytes, offset, length);
            ended = count < 0;
            return count;
        } catch (IOException e) {
            throw new IOException(closed.get() ? "closed" : OneLine.of(RequestFailure.text(e, timeout)), e);
        } finally {
            reading.unlock();
        }
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        if (!ended) {
            call.cancel();
        }
        reading.lock();
        try {
            response.close();
        } finally {
            reading.unlock();
            onClose.run();
        }
    }
}
