package dev.cartd.server.page;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import org.eclipse.jetty.http.QuotedQualityCSV;

/** Tells browsers, which show pages, from all other clients. */
public final class Browser {
    private Browser() {}

    /**
     * Whether a browser sent the request to show the answer. Browsers prefer {@code text/html} and also accept
     * {@code application/xhtml+xml}. Programs send neither, but for those written in Java, whose default begins with
     * {@code text/html} alone.
     */
    public static boolean sent(HttpServletRequest request) {
        QuotedQualityCSV accepted = new QuotedQualityCSV();
        Collections.list(request.getHeaders("Accept")).forEach(accepted::addValue);
        List<String> types = accepted.getValues();
        return !types.isEmpty()
                && types.get(0).equalsIgnoreCase("text/html")
                && types.stream().anyMatch("application/xhtml+xml"::equalsIgnoreCase);
    }
}
