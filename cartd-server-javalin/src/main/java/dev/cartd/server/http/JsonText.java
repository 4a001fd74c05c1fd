package dev.cartd.server.http;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

/** Texts as they are written in JSON. */
public final class JsonText {
    private JsonText() {}

    /** The text with all escapes that a JSON string needs, without quotation marks around it. */
    public static String quoted(String text) {
        return new String(JsonStringEncoder.getInstance().quoteAsString(text));
    }
}
