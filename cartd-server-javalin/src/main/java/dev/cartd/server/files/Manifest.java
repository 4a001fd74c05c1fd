package dev.cartd.server.files;

import dev.cartd.CartDetails;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;

/** The hashes of a cart's files in the format of {@code sha256sum -c}: those of one type, a line for each. */
final class Manifest extends FileLines {
    private final String type;
    private final String prefix;

    /**
     * @param type the type of hash
     * @param top the directory that the files are in; empty for none
     */
    Manifest(CartDetails details, Cart cart, String type, String top) {
        super(details, cart);
        this.type = type;
        this.prefix = top.isEmpty() ? "" : top + "/";
    }

    @Override
    String begin() {
        return "";
    }

    @Override
    String line(CartFile file, String path) {
        boolean isListed =
                file.checksum().type().equals(type) && file.checksum().problem().isEmpty();
        return isListed ? line(file.checksum().value(), prefix + path) : "";
    }

    /** A backslash before the line says that backslashes and ends of lines in the name are escaped. */
    static String line(String hash, String name) {
        String escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
        return (escaped.equals(name) ? "" : "\\") + hash + "  " + escaped + "\n";
    }

    @Override
    String end() {
        return "";
    }
}
