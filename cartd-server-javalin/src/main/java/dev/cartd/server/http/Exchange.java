package dev.cartd.server.http;

import dev.cartd.server.connection.ClientEndPoint;
import dev.cartd.server.connection.RawPath;
import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.EOFException;
import java.io.IOException;
import java.security.Principal;
import java.util.Collections;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.eclipse.jetty.ee10.servlet.ServletChannel;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;

/** One request and its response. */
public final class Exchange {
    private final Context context;
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final Problems problems;
    private final String method;
    private final String path;
    private final ClientEndPoint client;
    private final ServletChannel channel;
    private final String address;
    private Caller caller = Caller.ANYBODY;

    /** The exchange of a request that no one has answered yet. */
    public Exchange(Context context, Problems problems) {
        this.context = context;
        this.request = context.req();
        this.response = context.res();
        this.problems = problems;
        // Copied, since Jetty discards them if the connection ends before the response does.
        this.method = request.getMethod();
        this.path = RawPath.sent(request.getRequestURI());
        this.address = request.getRemoteAddr();
        ServletContextRequest inner = ServletContextRequest.getServletContextRequest(request);
        this.channel = inner.getServletChannel();
        this.client = ClientEndPoint.below(
                inner.getConnectionMetaData().getConnection().getEndPoint());
        // No idle timeout while the server works: only reads and writes that wait for the client time out.
        inner.addIdleTimeoutListener(late -> false);
    }

    /** The request as Jetty gives it. */
    public HttpServletRequest request() {
        return request;
    }

    /** The response as Jetty gives it. */
    public HttpServletResponse response() {
        return response;
    }

    /** The method of the request. */
    public String method() {
        return method;
    }

    /** The path as the client sent it: not decoded. */
    public String path() {
        return path;
    }

    /** Whether the method only reads. */
    public boolean isReading() {
        return method.equals("GET") || method.equals("HEAD");
    }

    /** The paths of the carts of this uid, with the link, if a link let the request in. */
    public OwnPaths paths(String uid) {
        return new OwnPaths(uid, caller.link());
    }

    /** Who sends the request. */
    public Caller caller() {
        return caller;
    }

    /** Who sends the request, and from where, as logs say it. */
    public String sender() {
        return caller.name().isEmpty() ? address : caller.name() + ", " + address;
    }

    /** Sets who sends the request; the access log has the name too. */
    public void sentBy(Caller sender) {
        caller = sender;
        if (!sender.name().isEmpty()) {
            Request.setAuthenticationState(
                    ServletContextRequest.getServletContextRequest(request), new Request.AuthenticationState() {
                        @Override
                        public Principal getUserPrincipal() {
                            return sender::name;
                        }
                    });
        }
    }

    /** The first value of a parameter of the query. */
    public Optional<String> parameter(String name) {
        return Optional.ofNullable(context.queryParam(name));
    }

    /** Makes the response asynchronous: {@code work} starts it, and its future completes when it has ended. */
    public void later(Supplier<CompletableFuture<Void>> work) {
        context.future(work);
    }

    /**
     * Refuses a request if this server and a proxy before it may disagree about the end of its body.
     *
     * @throws Refused with 400 or 501
     */
    public void requireFraming() {
        String codings = String.join(",", Collections.list(request.getHeaders("Transfer-Encoding")));
        if (codings.isEmpty()) {
            return;
        }
        if (!codings.strip().equalsIgnoreCase("chunked")) {
            throw new Refused(
                    HttpStatus.NOT_IMPLEMENTED_501, "The only Transfer-Encoding that is understood is chunked.");
        }
        if (!request.getProtocol().equals("HTTP/1.1")) {
            throw new Refused(HttpStatus.BAD_REQUEST_400, "Transfer-Encoding is not a part of HTTP/1.0.");
        }
    }

    /**
     * Refuses a request that wants anything but to read.
     *
     * @throws Refused with 405, unless the method is GET or HEAD
     */
    public void requireReading() {
        if (!isReading()) {
            throw Refused.method("GET, HEAD");
        }
    }

    /** Whether the client sends a body without waiting for {@code 100 Continue}. */
    public boolean bodyIsComing() {
        boolean hasBody = request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null;
        return hasBody && request.getHeader("Expect") == null;
    }

    /** Sends the response. */
    public void send(ShortResponse answer) throws IOException {
        answer.sendTo(response);
    }

    /** Sends the response to a failure, or resets the connection if another response has already begun. */
    public void fail(Throwable failure) throws IOException {
        replace(problems.of(method, path, failure));
    }

    /**
     * Like {@link #fail}; if that is not possible, since the client is gone or the server stops, cuts the connection.
     */
    public void failOrCut(Throwable failure) {
        try {
            fail(failure);
        } catch (IOException | RuntimeException e) {
            cut();
        }
    }

    /**
     * Sends the response to a failure and flushes it, or resets the connection if another response has already begun.
     *
     * @param moreComes whether the body was not read to its end: then the connection is closed afterwards
     */
    public void refuse(Throwable failure, boolean moreComes) throws IOException {
        ShortResponse answer = problems.of(method, path, failure);
        replace(moreComes ? answer.with("Connection", "close") : answer);
        response.flushBuffer();
    }

    private void replace(ShortResponse answer) throws IOException {
        if (response.isCommitted()) {
            cut();
        } else {
            response.reset();
            send(answer);
        }
    }

    /** Resets the client's connection, so that the client does not take what it received for the whole. */
    public void cut() {
        client.resetOnClose();
        // Before the connection is closed: otherwise Jetty would take the close for an error and try to answer it.
        channel.abort(new EOFException("cut off"));
        client.close();
    }
}
