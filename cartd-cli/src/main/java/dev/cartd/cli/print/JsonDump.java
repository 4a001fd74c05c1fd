package dev.cartd.cli.print;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.cartd.store.StoredCart;
import java.io.IOException;
import java.io.Writer;
import java.util.Iterator;
import java.util.Map;

/** Writes carts as JSON on one line, as Python does: with a space after each comma and colon, in ASCII. */
public final class JsonDump implements DumpFormat {
    private final Writer out;
    private boolean begun;

    public JsonDump(Writer out) {
        this.out = out;
    }

    @Override
    public void cart(StoredCart cart) throws IOException {
        out.write(begun ? ", {" : "[{");
        begun = true;
        members(cart.columns());
        Iterator<Map<String, String>> files = cart.files().iterator();
        if (files.hasNext()) {
            out.write(", \"files\": [");
            while (files.hasNext()) {
                out.write("{");
                members(files.next());
                out.write(files.hasNext() ? "}, " : "}]");
            }
        }
        out.write("}");
    }

    @Override
    public void end() throws IOException {
        out.write(begun ? "]\n" : "[]\n");
    }

    private void members(Map<String, String> columns) throws IOException {
        String separator = "";
        for (Map.Entry<String, String> column : columns.entrySet()) {
            out.write(separator + quoted(column.getKey()) + ": " + quoted(column.getValue()));
            separator = ", ";
        }
    }

    private static String quoted(String text) {
        StringBuilder ascii = new StringBuilder("\"");
        for (char c : JsonStringEncoder.getInstance().quoteAsString(text)) {
            if (c < 0x7f) {
                ascii.append(c);
            } else {
                ascii.append(String.format("\\u%04x", (int) c));
            }
        }
        return ascii.append('"').toString();
    }
}
