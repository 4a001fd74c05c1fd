package dev.cartd.spi;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One connection to an {@link ArchiveInterface}: reads requests and answers them in the words of the posix one. */
final class ArchiveConnection {
    private static final int MAX_HEAD = 64 * 1024;
    private static final Pattern CLIENT = Pattern.compile("(?i)\r\nauthorization: basic (\\S+)\r\n");
    private static final Pattern RANGE = Pattern.compile("byte_range=(\\d{1,18})-(\\d{1,18})");
    private static final String CLASS = "pacifica.archiveinterface.exception.ArchiveInterfaceError: ";

    private final ArchiveInterface archive;
    private final InputStream in;
    private final OutputStream out;
    private boolean counted;

    private record Request(String method, String id, String query, String client, boolean hasLength) {}

    private ArchiveConnection(ArchiveInterface archive, Socket socket) throws IOException {
        socket.setTcpNoDelay(true);
        this.archive = archive;
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = new BufferedOutputStream(socket.getOutputStream());
    }

    /** Serves a client until it leaves, the archive goes away, or a fault ends it. */
    static void serve(ArchiveInterface archive, Socket client) {
        try (client) {
            ArchiveConnection connection = new ArchiveConnection(archive, client);
            boolean more = true;
            while (more) {
                more = connection.serveOne() && archive.keepsConnections();
            }
        } catch (IOException e) {
            // The client left, or the archive went away.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            archive.left(client);
        }
    }

    private boolean serveOne() throws IOException, InterruptedException {
        Optional<Request> request = read();
        if (request.isEmpty()) {
            return false;
        }
        Optional<SharedHandle> handle = archive.sharedHandle();
        if (handle.isEmpty()) {
            return serveOne(request);
        }
        handle.get().takeThread();
        try {
            return serveOne(request);
        } finally {
            handle.get().giveThread();
        }
    }

    private boolean serveOne(Optional<Request> request) throws IOException, InterruptedException {
        counted = true;
        try {
            return request.get().method().equals("GET")
                    ? pull(request.get())
                    : answer(request.get(), begin(request.get()));
        } finally {
            uncount();
        }
    }

    private Fault begin(Request request) throws InterruptedException {
        return archive.begin(request.method(), request.id());
    }

    private boolean pull(Request request) throws IOException, InterruptedException {
        Pulls.Pull pull = archive.pulls().begin(request.client(), request.id(), from(request));
        Fault fault = begin(request);
        pull.goes(fault);
        boolean more = answer(request, fault);
        pull.whole();
        return more;
    }

    /** Before the last byte of an answer leaves, so that who has it all is not counted beside its next request. */
    private void uncount() {
        if (counted) {
            counted = false;
            archive.end();
        }
    }

    private boolean answer(Request request, Fault fault) throws IOException {
        switch (fault) {
            case DROP -> {
                return false;
            }
            case HANG -> {
                hang();
                return false;
            }
            case ERROR -> error(request, "[Errno 5] Input/output error");
            case UNAVAILABLE -> unavailable();
            case NONE, CUT, SHORT, LONG, CORRUPT, STALL -> {
                return serve(request, fault);
            }
        }
        return true;
    }

    private boolean serve(Request request, Fault fault) throws IOException {
        Optional<HeldFile> file = archive.file(request.id());
        if (request.method().equals("POST") && !request.hasLength()) {
            json("411 Length Required", "{\"status\": \"411 Length Required\"}");
        } else if (request.id().isEmpty()) {
            json("200 OK", "{\"message\": \"Pacifica Archive Interface Up and Running\"}");
        } else if (file.isEmpty()) {
            String path = "'/archive/" + request.id() + "'";
            error(request, "Can't open posix file with error: [Errno 2] No such file or directory: " + path);
        } else if (file.get().refusal().isPresent()) {
            error(request, file.get().refusal().get());
        } else {
            return serve(request, file.get(), fault);
        }
        return true;
    }

    private boolean serve(Request request, HeldFile file, Fault fault) throws IOException {
        Optional<SharedHandle> handle = archive.sharedHandle();
        if (handle.isPresent() && !handle.get().open(file, from(request))) {
            error(request, "Can't close previous posix file before opening new one with error: closed");
            return true;
        }
        if (handle.isPresent()
                && !request.method().equals("GET")
                && !handle.get().look()) {
            error(request, "'NoneType' object has no attribute 'status'");
            return true;
        }
        switch (request.method()) {
            case "POST" -> {
                archive.asked(request.id());
                json("200 OK", "{\"message\": \"File was staged\", \"file\": \"" + escaped(request.id()) + "\"}");
            }
            case "HEAD" -> status(request.id(), file);
            case "GET" -> {
                return content(request, file, fault);
            }
            default -> json("405 Method Not Allowed", "{\"status\": \"405 Method Not Allowed\"}");
        }
        return true;
    }

    private void status(String id, HeldFile file) throws IOException {
        long size = file.content().size();
        head(
                "204 No Content",
                "X-Pacifica-Messsage: File was found",
                "X-Pacifica-File: /archive/" + id.replaceAll("[^ -~]", "?"),
                "X-Content-Length: " + size,
                "Last-Modified: " + file.mtime(),
                "X-Pacifica-Ctime: " + ArchiveInterface.MTIME,
                "X-Pacifica-Bytes-Per-Level: (" + size + ",)",
                "X-Pacifica-File-Storage-Media: " + file.mediumAt(archive.now()));
        last("");
    }

    private boolean content(Request request, HeldFile file, Fault fault) throws IOException {
        long size = file.content().size();
        Matcher range = RANGE.matcher(request.query());
        long from = from(request);
        long end = range.matches() ? Math.min(size, Long.parseLong(range.group(2))) : size;
        if (!file.mediumAt(archive.now()).equals("disk")) {
            error(request, "the file is not on disk");
        } else if (from > end || (!request.query().isEmpty() && !range.matches())) {
            error(request, "there are no such bytes: " + request.query());
        } else {
            head("200 OK", "Content-Type: application/octet-stream", "Transfer-Encoding: chunked");
            return content(file, from, end - from, fault);
        }
        return true;
    }

    private boolean content(HeldFile file, long from, long length, Fault fault) throws IOException {
        long half = length / 2;
        boolean halved = fault == Fault.CUT || fault == Fault.SHORT || fault == Fault.STALL;
        Optional<SharedHandle> handle = archive.sharedHandle();
        if (handle.isPresent()) {
            return shared(handle.get(), length);
        }
        long sent = chunks(file, from, halved ? half : length, fault == Fault.CORRUPT ? half : -1);
        switch (fault) {
            case CUT -> {
                ascii(Long.toHexString(length - sent + 1) + "\r\n");
                uncount();
                out.flush();
                return false;
            }
            case STALL -> {
                hang();
                return false;
            }
            case LONG -> last("1\r\n!\r\n0\r\n\r\n");
            case NONE, SHORT, CORRUPT, ERROR, UNAVAILABLE, DROP, HANG -> last("0\r\n\r\n");
        }
        return true;
    }

    /** Whatever the handle gives, up to the length that was asked for, and a clean end. */
    private boolean shared(SharedHandle handle, long length) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        long left = length;
        for (int count = handle.read(buffer, (int) Math.min(buffer.length, left)); count > 0; ) {
            chunk(buffer, count);
            left -= count;
            count = handle.read(buffer, (int) Math.min(buffer.length, left));
        }
        handle.close();
        last("0\r\n\r\n");
        return true;
    }

    private void chunk(byte[] buffer, int count) throws IOException {
        ascii(Integer.toHexString(count) + "\r\n");
        out.write(buffer, 0, count);
        ascii("\r\n");
        archive.pace(count);
    }

    private static long from(Request request) {
        Matcher range = RANGE.matcher(request.query());
        return range.matches() ? Long.parseLong(range.group(1)) : 0;
    }

    private long chunks(HeldFile file, long from, long length, long corrupt) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        long sent = 0;
        try (InputStream content = file.content().from(from)) {
            while (sent < length) {
                int count = content.readNBytes(buffer, 0, (int) Math.min(buffer.length, length - sent));
                if (count == 0) {
                    break;
                }
                if ((sent <= corrupt && corrupt < sent + count) || archive.corruptsNow()) {
                    buffer[(int) Math.max(0, corrupt - sent)] ^= 1;
                }
                chunk(buffer, count);
                sent += count;
            }
        }
        return sent;
    }

    /** Sends what there is, and then nothing until the client leaves. */
    private void hang() throws IOException {
        uncount();
        out.flush();
        while (in.read() >= 0) {
            // A client that goes on talking is not answered.
        }
    }

    private void error(Request request, String reason) throws IOException {
        String body = "{\"status\": \"500 Internal Server Error\", \"message\": \"The server encountered an unexpected"
                + " condition which prevented it from fulfilling the request.\", \"traceback\": \"Traceback (most recent"
                + " call last):\\n  File \\\"/srv/archive/posix.py\\\", line 60, in stage\\n    raise err\\n"
                + CLASS + escaped(reason) + "\\n\", \"version\": \"18.8.0\"}";
        if (request.method().equals("HEAD")) {
            head("500 Internal Server Error", "Content-Type: application/json", "Content-Length: 2021");
            last("");
        } else {
            json("500 Internal Server Error", body);
        }
    }

    private void unavailable() throws IOException {
        head("503 Service Unavailable", "Retry-After: 0", "Content-Length: 0");
        last("");
    }

    private void json(String status, String body) throws IOException {
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        head(status, "Content-Type: application/json", "Content-Length: " + length);
        last(body);
    }

    private void head(String status, String... headers) throws IOException {
        ascii("HTTP/1.1 " + status + "\r\nServer: CherryPy/18.8.0\r\n" + String.join("\r\n", headers) + "\r\n\r\n");
    }

    private void last(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        uncount();
        out.flush();
    }

    private void ascii(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private Optional<Request> read() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
            int next = in.read();
            if (next < 0 || head.length() > MAX_HEAD) {
                return Optional.empty();
            }
            head.append((char) next);
        }
        String[] line = head.substring(0, head.indexOf("\r\n")).split(" ", 3);
        String[] target = line[1].split("\\?", 2);
        boolean hasLength = head.toString().toLowerCase(Locale.ROOT).contains("\r\ncontent-length: 0\r\n");
        String query = target.length > 1 ? target[1] : "";
        return Optional.of(new Request(line[0], id(target[0]), query, client(head), hasLength));
    }

    /** The user that it says it is; empty if it does not. */
    private static String client(CharSequence head) {
        Matcher user = CLIENT.matcher(head);
        return user.find()
                ? new String(Base64.getDecoder().decode(user.group(1)), StandardCharsets.UTF_8).replaceFirst(":.*", "")
                : "";
    }

    private static String id(String path) {
        return URLDecoder.decode(path.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static String escaped(String text) {
        return text.replaceAll("[\\\\\"]", "\\\\$0").replaceAll("\\p{Cntrl}", " ");
    }
}
