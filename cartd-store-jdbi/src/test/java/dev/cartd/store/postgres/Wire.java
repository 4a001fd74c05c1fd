package dev.cartd.store.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A wire to a server, which can go dead: connections are taken and stay, and nothing comes through. */
final class Wire implements AutoCloseable {
    private final ServerSocket socket;
    private volatile int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition alive = lock.newCondition();
    private boolean dead;

    Wire(int target) throws IOException {
        this.target = target;
        socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        run(() -> {
            while (true) {
                connect(socket.accept());
            }
        });
    }

    int port() {
        return socket.getLocalPort();
    }

    /** New connections go to this port of this machine; those that are open stay where they are. */
    void leadTo(int port) {
        target = port;
    }

    void dead(boolean now) {
        lock.lock();
        try {
            dead = now;
            alive.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        dead(false);
        socket.close();
        for (Socket each : open) {
            each.close();
        }
    }

    private void connect(Socket client) throws IOException {
        open.add(client);
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        open.add(server);
        run(() -> copy(client, server));
        run(() -> copy(server, client));
    }

    private void copy(Socket from, Socket to) throws IOException, InterruptedException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8192];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                awaitLife();
                out.write(buffer, 0, read);
            }
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    private void awaitLife() throws InterruptedException {
        lock.lock();
        try {
            while (dead) {
                alive.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private static void run(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException | InterruptedException e) {
                Thread.currentThread().interrupt(); // the wire is cut
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
