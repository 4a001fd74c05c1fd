package dev.cartd.server.page;

/**
 * Whom to ask.
 *
 * @param text a mail address, a URL or any text; empty for nobody in particular
 */
record Contact(String text) {
    /** The address that a link to it has; empty for none. */
    String link() {
        if (text.startsWith("https://") || text.startsWith("http://")) {
            return text;
        }
        return text.matches("[^\\s@:/?]+@[^\\s@:/?]+") ? "mailto:" + text : "";
    }
}
