package dev.cartd.server.view;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.cartd.cart.BundlePath;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.FileStatus;
import dev.cartd.server.carts.Carts;
import dev.cartd.server.download.TextSender;
import dev.cartd.server.http.OwnPaths;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A page of the files of a cart as JSON, which is made piece by piece while it is sent. */
final class FilesPage implements TextSender.Pieces {
    /** How many files are in a piece: few, since all pages that are being sent have one in memory. */
    private static final int PIECE = 100;

    /** A page ends early when its files have so many characters of text: paths and ids can be long. */
    private static final int FULL = 1 << 20;

    /**
     * Which files are on a page.
     *
     * @param after the number of the last file of the page before; 0 for the first page
     * @param status the state that the files are in; empty for any
     * @param limit the most files on the page
     */
    record Asked(long after, Optional<FileStatus> status, int limit) {
        static final int MOST = 1000;
    }

    private final Carts carts;
    private final Cart cart;
    private final Asked asked;
    private final OwnPaths paths;
    private final StringWriter text = new StringWriter();
    private final JsonGenerator json = Json.generator(text);
    private long last;
    private int written;
    private long length;
    private boolean ended;

    FilesPage(Carts carts, Cart cart, Asked asked, OwnPaths paths) {
        this.carts = carts;
        this.cart = cart;
        this.asked = asked;
        this.paths = paths;
        this.last = asked.after();
    }

    @Override
    public Optional<String> next() throws IOException {
        if (ended) {
            return Optional.empty();
        }
        boolean isFirst = written == 0;
        if (isFirst) {
            json.writeStartObject();
            json.writeStringField("uid", cart.uid());
            json.writeNumberField("number", cart.id());
            json.writeArrayFieldStart("files");
        }
        int most = Math.min(PIECE, asked.limit() - written);
        List<CartFile> files = carts.details().files(cart, last, asked.status(), most);
        int before = written;
        for (CartFile file : files) {
            if (length >= FULL) {
                break;
            }
            write(json, file, paths);
            length += file.path().length() + file.archiveId().length();
            last = file.id();
            written++;
        }
        boolean isLast = files.size() < most && written - before == files.size();
        if (isLast && !isFirst) {
            requireCart();
        }
        if (isLast || written == asked.limit() || length >= FULL) {
            end(isLast);
        }
        json.flush();
        String piece = text.toString();
        text.getBuffer().setLength(0);
        return Optional.of(piece);
    }

    private void end(boolean isLast) throws IOException {
        ended = true;
        json.writeEndArray();
        if (!isLast) {
            json.writeStringField("next", following());
        }
        json.writeEndObject();
    }

    /** A cart that is deleted meanwhile may lose its files: then the page must not end as if it were the last. */
    private void requireCart() throws IOException {
        if (carts.status(cart.uid()).filter(now -> now.id() == cart.id()).isEmpty()) {
            throw new IOException("the cart was deleted after " + written + " files");
        }
    }

    private String following() {
        return paths.files() + "?number=" + cart.id() + "&after=" + last + "&limit=" + asked.limit()
                + asked.status().map(known -> "&state=" + known.word()).orElse("");
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
