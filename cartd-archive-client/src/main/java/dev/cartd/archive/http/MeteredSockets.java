package dev.cartd.archive.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Optional;
import javax.net.SocketFactory;

/**
 * Creates sockets that limit how many bytes one reading step may take. The HTTP library keeps a line of a chunked body
 * in memory until the line ends, so an endless line would exhaust the memory.
 *
 * <p>The reading thread begins a step with {@link #nextStep}. The library reads on the thread that calls it, except for
 * the handshake of a new connection, which counts as a step of its own.
 */
final class MeteredSockets extends SocketFactory {
    private static final long MAX_STEP = 1024 * 1024;
    private static final ThreadLocal<Object> STEP = ThreadLocal.withInitial(Object::new);

    private final Optional<String> zone;

    /**
     * @param zone the network interface for reaching link-local addresses
     */
    MeteredSockets(Optional<String> zone) {
        this.zone = zone;
    }

    /** Begins a step of this thread: it reads the head of an answer, or a piece of its body. */
    static void nextStep() {
        STEP.set(new Object());
    }

    private static final class Metered extends FilterInputStream {
        private Object step = STEP.get();
        private long taken;

        private Metered(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            return count(super.read(), 1);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = super.read(bytes, offset, length);
            return count(count, count);
        }

        private int count(int result, int bytes) throws IOException {
            if (step != STEP.get()) {
                step = STEP.get();
                taken = 0;
            }
            taken += bytes;
            if (taken > MAX_STEP) {
                throw new ProtocolException("more than 1 MiB for its head or for one line");
            }
            return result;
        }
    }

    @Override
    public Socket createSocket() {
        return new Socket() {
            @Override
            public InputStream getInputStream() throws IOException {
                return new Metered(super.getInputStream());
            }

            @Override
            public void connect(SocketAddress to, int timeout) throws IOException {
                super.connect(zoned(to), timeout);
            }
        };
    }

    private SocketAddress zoned(SocketAddress to) throws IOException {
        boolean local = zone.isPresent()
                && to instanceof InetSocketAddress inet
                && inet.getAddress() instanceof Inet6Address address
                && address.isLinkLocalAddress();
        if (!local) {
            return to;
        }
        InetSocketAddress plain = (InetSocketAddress) to;
        String host = plain.getAddress().getHostAddress() + "%" + zone.orElseThrow();
        return new InetSocketAddress(InetAddress.getByName(host), plain.getPort());
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
        throw new UnsupportedOperationException();
    }
}
