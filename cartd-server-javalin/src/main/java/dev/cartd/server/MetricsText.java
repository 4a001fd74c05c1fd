package dev.cartd.server;

/** The metrics of a program as text, for {@code /-/metrics}. One thread at a time asks for them. */
@FunctionalInterface
public interface MetricsText {
    /**
     * Metrics in one format.
     *
     * @param contentType the content type of that format
     * @param body the metrics
     */
    record Page(String contentType, String body) {}

    /**
     * Reads all metrics now. May take as long as a query of the database.
     *
     * @param accept the header {@code Accept} of the request; empty if it has none
     */
    Page read(String accept);
}
