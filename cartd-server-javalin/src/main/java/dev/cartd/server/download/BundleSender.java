package dev.cartd.server.download;

import dev.cartd.bundle.Bundle;
import dev.cartd.server.http.Exchange;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpDateTime;
import org.eclipse.jetty.http.HttpStatus;

/**
 * Answers a GET with the bytes of a bundle, or with the part of it that the request selects. All of this may read from
 * disk, so it runs on the threads for that.
 */
public final class BundleSender {
    /** The content type of a tar, as Pacifica Cartd sends it. */
    public static final String TAR = "application/octet-stream";

    private static final String ZIP = "application/zip";

    private final Downloads downloads;

    /** Sends bundles as {@code downloads}. */
    public BundleSender(Downloads downloads) {
        this.downloads = downloads;
    }

    /**
     * Answers the request on other threads; the future completes when the response has ended. The response to HEAD has
     * no body.
     *
     * @param name the name of the download in the log
     * @param opener opens the bundle, or throws the failure that is the answer
     */
    public CompletableFuture<Void> start(Exchange exchange, String name, Supplier<Bundle> opener) {
        return downloads.answer(exchange, over -> answer(exchange, name, opener.get(), over));
    }

    private void answer(Exchange exchange, String name, Bundle bundle, CompletableFuture<Void> over)
            throws IOException {
        Selection selection = Selection.of(exchange.request(), bundle);
        describe(exchange, bundle, selection);
        if (selection.bytes() > 0 && !exchange.method().equals("HEAD")) {
            downloads.send(name, () -> bundle.open(selection.from(), selection.to()), selection, exchange, over);
        } else {
            // Otherwise Jetty would send a length of 0, which is not the length of the tar.
            exchange.response().flushBuffer();
            over.complete(null);
        }
    }

    private static void describe(Exchange exchange, Bundle bundle, Selection selection) {
        HttpServletResponse response = exchange.response();
        response.setStatus(selection.status());
        response.setHeader("ETag", '"' + bundle.etag() + '"');
        response.setHeader("Last-Modified", HttpDateTime.format(bundle.modified()));
        // Keeps proxies from compressing the tar: it would lose its length and ranges, and clients read raw bytes.
        // What a link opens has no Authorization header, by which caches would see that it is not for everybody.
        boolean byLink = exchange.caller().link().isPresent();
        response.setHeader("Cache-Control", byLink ? "private, no-transform" : "no-transform");
        if (selection.status() == HttpStatus.NOT_MODIFIED_304) {
            response.setContentType(null);
            return;
        }
        response.setContentType(
                switch (bundle.format()) {
                    case TAR, BAGIT -> TAR;
                    case ZIP -> ZIP;
                });
        response.setContentLengthLong(selection.bytes());
        response.setHeader("Accept-Ranges", "bytes");
        response.setHeader("Content-Disposition", ContentDisposition.attachment(bundle.filename()));
        if (selection.status() == HttpStatus.PARTIAL_CONTENT_206) {
            response.setHeader(
                    "Content-Range", "bytes " + selection.from() + "-" + (selection.to() - 1) + "/" + bundle.length());
        }
    }
}
