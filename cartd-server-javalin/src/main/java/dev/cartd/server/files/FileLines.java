package dev.cartd.server.files;

import dev.cartd.CartDetails;
import dev.cartd.cart.BundlePath;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.server.download.TextSender;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A text with a part for each file of a cart, which is made from one page of files after the other. */
abstract class FileLines implements TextSender.Pieces {
    /** Few, since all texts that are being sent have a page in memory, and the text of a file may have 10 KB. */
    private static final int PAGE = 100;

    private final CartDetails details;
    private final Cart cart;
    private long last;
    private int seen;
    private boolean ended;

    FileLines(CartDetails details, Cart cart) {
        this.details = details;
        this.cart = cart;
    }

    @Override
    public final Optional<String> next() throws IOException {
        if (ended) {
            return Optional.empty();
        }
        List<CartFile> page = details.files(cart, last, Optional.empty(), PAGE);
        StringBuilder text = new StringBuilder();
        if (seen == 0) {
            text.append(begin());
        }
        for (CartFile file : page) {
            // Rows of Pacifica Cartd may have paths that lead out of the cart: no client shall make them.
            file.bundlePath().map(BundlePath::value).ifPresent(path -> text.append(line(file, path)));
            last = file.id();
        }
        seen += page.size();
        if (page.size() < PAGE) {
            requireAll();
            ended = true;
            text.append(end());
        }
        return Optional.of(text.toString());
    }

    /** A cart that is deleted meanwhile may lose its files: then the text must not end as if it were whole. */
    private void requireAll() throws IOException {
        if (seen != cart.progress().files()) {
            throw new IOException(
                    "the cart had " + seen + " of its " + cart.progress().files() + " files");
        }
    }

    /** What comes before the first file. */
    abstract String begin();

    /** The text of a file; empty for none. */
    abstract String line(CartFile file, String path);

    /** What comes after the last file. */
    abstract String end();
}
