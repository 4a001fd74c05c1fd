package dev.cartd.server.http;

import java.nio.ByteBuffer;
import java.util.Map;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Answers the errors that Jetty itself detects, such as a bad request line, in the same form as all other errors. */
public final class ErrorPages extends ErrorHandler {
    private final Problems problems;

    /** Error pages with the documents of {@code problems}. */
    public ErrorPages(Problems problems) {
        this.problems = problems;
    }

    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        ShortResponse answer = answer(request, response.getStatus());
        byte[] body = answer.bytes();
        response.setStatus(answer.status());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, ShortResponse.JSON);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
        answer.headers().forEach(response.getHeaders()::put);
        response.write(true, ByteBuffer.wrap(body), callback);
        return true;
    }

    private ShortResponse answer(Request request, int given) {
        Object cause = request.getAttribute(ERROR_EXCEPTION);
        int status = cause instanceof HttpException bad ? bad.getCode() : given;
        // The method is unknown if the request line was bad; the headers for HEAD do no harm in other responses.
        String method = "HEAD";
        if (status == HttpStatus.INTERNAL_SERVER_ERROR_500) {
            return problems.unexpected(request.getMethod());
        }
        if (status == HttpStatus.SERVICE_UNAVAILABLE_503) {
            return problems.of(method, status, "The server is stopping.", Map.of(Problems.RETRY_AFTER, "30"));
        }
        String reason = cause instanceof HttpException bad ? bad.getReason() : null;
        return problems.of(method, status, reason == null ? HttpStatus.getMessage(status) : reason, Map.of());
    }
}
