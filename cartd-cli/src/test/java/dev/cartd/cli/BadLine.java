package dev.cartd.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** A line to a server, on its own port of this machine, that is cut and slowed down as a test wants it. */
final class BadLine implements AutoCloseable {
    private final ServerSocket listening;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong busyUntil = new AtomicLong(System.nanoTime());
    private volatile int port;
    private volatile long cutAfter = Long.MAX_VALUE;
    private volatile long rate = Long.MAX_VALUE;

    /** A good line, at first. */
    BadLine(int port) throws IOException {
        this.port = port;
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    /** The server is at another port from now on. */
    void to(int newPort) {
        port = newPort;
    }

    /** From now on a connection is reset once it carried so many bytes from the server. */
    void cutAfter(long count) {
        cutAfter = count;
    }

    /** Resets all connections. */
    void cut() {
        sockets.forEach(BadLine::reset);
        sockets.clear();
    }

    /** From now on all connections together carry so many bytes in a second. */
    void rate(long bytesPerSecond) {
        rate = bytesPerSecond;
    }

    /** How many bytes came from the server. */
    long bytes() {
        return bytes.get();
    }

    /** How many requests had this in their first line. */
    long requests(String text) {
        return requests.stream().filter(line -> line.contains(text)).count();
    }

    String url(String target) {
        return "http://127.0.0.1:" + listening.getLocalPort() + target;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                sockets.add(client);
                start(() -> connect(client));
            }
        } catch (IOException e) {
            // It is closed.
        }
    }

    private void connect(Socket client) {
        try (Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
            sockets.add(server);
            // Otherwise a small piece would wait for the acknowledgement of the one before, which may take 40 ms.
            server.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
            start(() -> carryUp(client, server));
            carryDown(server.getInputStream(), client);
        } catch (IOException e) {
            // One end is gone: so is the other.
        } finally {
            reset(client);
        }
    }

    private void carryUp(Socket client, Socket server) {
        byte[] buffer = new byte[1 << 14];
        try {
            InputStream in = client.getInputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                String text = new String(buffer, 0, count, StandardCharsets.ISO_8859_1);
                requests.add(text.lines().findFirst().orElse(""));
                server.getOutputStream().write(buffer, 0, count);
            }
        } catch (IOException e) {
            // As above.
        } finally {
            reset(server);
        }
    }

    private void carryDown(InputStream in, Socket client) throws IOException {
        byte[] buffer = new byte[1 << 13];
        OutputStream out = client.getOutputStream();
        long left = cutAfter;
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            delay(count);
            out.write(buffer, 0, (int) Math.min(count, left));
            bytes.addAndGet(Math.min(count, left));
            left -= count;
            if (left <= 0) {
                throw new IOException("cut");
            }
        }
    }

    private void delay(int count) {
        if (rate < Long.MAX_VALUE) {
            long takes = count * 1_000_000_000L / rate;
            long until = busyUntil.updateAndGet(busy -> Math.max(busy, System.nanoTime()) + takes);
            LockSupport.parkNanos(until - System.nanoTime());
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // It is closed already.
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "bad line");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        cut();
    }
}
