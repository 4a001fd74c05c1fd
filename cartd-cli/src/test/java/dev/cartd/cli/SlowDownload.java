package dev.cartd.cli;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A client that takes a little of a cart now and then, and in the end the rest. */
final class SlowDownload implements Closeable {
    private static final int BUFFER = 8 * 1024;
    private static final String END_OF_HEADERS = "\r\n\r\n";

    private final Socket socket = new Socket();
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private final InputStream in;

    /** Asks for the cart. */
    SlowDownload(int port, String target) throws IOException {
        // Before it connects, or the system would take much more for it.
        socket.setReceiveBufferSize(BUFFER);
        socket.setSoTimeout(60_000);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        String request = "GET /" + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        in = socket.getInputStream();
    }

    /** Takes a little. */
    void sip() throws IOException {
        taken.write(in.readNBytes(2_000));
    }

    /** Takes the rest, and answers the body. */
    byte[] rest() throws IOException {
        in.transferTo(taken);
        byte[] all = taken.toByteArray();
        int headers = taken.toString(StandardCharsets.ISO_8859_1).indexOf(END_OF_HEADERS) + END_OF_HEADERS.length();
        return Arrays.copyOfRange(all, headers, all.length);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
