package dev.cartd.server;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.EOFException;
import java.io.IOException;
import java.util.Collections;
import java.util.Map;
import org.eclipse.jetty.ee10.servlet.ServletChannel;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.http.HttpStatus;

/** One request and its answer. */
final class Exchange {
    private static final Map<String, String> CLOSE = Map.of("Connection", "close");

    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final Problems problems;
    private final String method;
    private final String path;
    private final ClientEndPoint client;
    private final ServletChannel channel;

    Exchange(HttpServletRequest request, HttpServletResponse response, Problems problems) {
        this.request = request;
        this.response = response;
        this.problems = problems;
        // Jetty forgets them when the connection ends before the answer does.
        this.method = request.getMethod();
        this.path = RawPath.sent(request.getRequestURI());
        ServletContextRequest inner = ServletContextRequest.getServletContextRequest(request);
        this.channel = inner.getServletChannel();
        this.client =
                (ClientEndPoint) inner.getConnectionMetaData().getConnection().getEndPoint();
        // A client is not to blame while the server works: only reads and writes that wait for it time out.
        inner.addIdleTimeoutListener(late -> false);
    }

    HttpServletRequest request() {
        return request;
    }

    HttpServletResponse response() {
        return response;
    }

    String method() {
        return method;
    }

    Target target() {
        return Target.of(path);
    }

    /**
     * Refuses a body whose end this server and a proxy before it could see in different places.
     *
     * @throws Refused with 400 or 501
     */
    void requireFraming() {
        String codings = String.join(",", Collections.list(request.getHeaders("Transfer-Encoding")));
        if (codings.isEmpty()) {
            return;
        }
        if (!codings.strip().equalsIgnoreCase("chunked")) {
            throw new Refused(
                    HttpStatus.NOT_IMPLEMENTED_501, "The only Transfer-Encoding that is understood is chunked.", CLOSE);
        }
        if (!request.getProtocol().equals("HTTP/1.1")) {
            throw new Refused(HttpStatus.BAD_REQUEST_400, "Transfer-Encoding is not a part of HTTP/1.0.", CLOSE);
        }
    }

    /** Whether a body comes that nobody has read, and that the client does not wait to be asked for. */
    boolean bodyIsComing() {
        boolean hasBody = request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null;
        return hasBody && request.getHeader("Expect") == null;
    }

    void send(Answer answer) throws IOException {
        answer.sendTo(response);
    }

    /** Answers a failure; if an answer has begun already, it is broken off. */
    void fail(Throwable failure) throws IOException {
        replace(problems.of(method, path, failure));
    }

    /**
     * Answers a failure at once.
     *
     * @param moreComes whether the body has not been read to its end: then the connection is not used again
     */
    void refuse(Throwable failure, boolean moreComes) throws IOException {
        Answer answer = problems.of(method, path, failure);
        replace(moreComes ? answer.with("Connection", "close") : answer);
        response.flushBuffer();
    }

    private void replace(Answer answer) throws IOException {
        if (response.isCommitted()) {
            cut();
        } else {
            response.reset();
            send(answer);
        }
    }

    /** Breaks the client's connection off, so that it takes nothing it got for the whole. */
    void cut() {
        client.resetOnClose();
        // Before the connection is closed: else Jetty would take that for an error of its own and try to answer it.
        channel.abort(new EOFException("cut off"));
        client.close();
    }
}
