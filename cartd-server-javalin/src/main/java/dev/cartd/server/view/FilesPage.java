package dev.cartd.server.view;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.cartd.CartDetails;
import dev.cartd.cart.BundlePath;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.FileStatus;
import dev.cartd.server.http.OwnPaths;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A page of the files of a cart.
 *
 * @param after the number of the last file of the page before; 0 for the first page
 * @param status the state that the files are in; empty for any
 * @param limit the most files on a page
 */
record FilesPage(long after, Optional<FileStatus> status, int limit) {
    static final int MOST = 1000;

    /** A page ends early when its files have so many characters of text: paths and ids can be long. */
    private static final int FULL = 1 << 20;

    /** The page as JSON. */
    String of(Cart cart, CartDetails details) {
        List<CartFile> files = details.files(cart, after, status, limit);
        OwnPaths paths = new OwnPaths(cart.uid());
        return Json.object(json -> {
            json.writeStringField("uid", cart.uid());
            json.writeNumberField("number", cart.id());
            json.writeArrayFieldStart("files");
            int written = 0;
            for (long length = 0; written < files.size() && length < FULL; written++) {
                CartFile file = files.get(written);
                write(json, file, paths);
                length += file.path().length() + file.archiveId().length();
            }
            json.writeEndArray();
            if (written == limit || written < files.size()) {
                json.writeStringField(
                        "next", next(paths, cart, files.get(written - 1).id()));
            }
        });
    }

    private String next(OwnPaths paths, Cart cart, long last) {
        return paths.files() + "?number=" + cart.id() + "&after=" + last + "&limit=" + limit
                + status.map(known -> "&state=" + known.word()).orElse("");
    }

    private static void write(JsonGenerator json, CartFile file, OwnPaths paths) throws IOException {
        json.writeStartObject();
        json.writeNumberField("number", file.id());
        json.writeStringField("path", file.path());
        json.writeStringField("id", file.archiveId());
        json.writeStringField("state", file.status().word());
        if (file.isOnTape()) {
            json.writeBooleanField("tape", true);
        }
        if (file.known()) {
            json.writeNumberField("size", file.size());
            Json.moment(json, "modified", Instant.ofEpochSecond(file.mtime()));
        }
        json.writeStringField("hashtype", file.checksum().type());
        json.writeStringField("hashsum", file.checksum().value());
        Json.text(json, "reason", file.reason());
        Optional<BundlePath> path = file.bundlePath();
        if (path.isPresent()) {
            json.writeStringField("link", paths.file(path.get().value()));
        }
        json.writeEndObject();
    }
}
