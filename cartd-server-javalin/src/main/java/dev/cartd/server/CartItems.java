package dev.cartd.server;

import com.fasterxml.jackson.core.JsonToken;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartRequest.Item;
import dev.cartd.cart.Memory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.eclipse.jetty.http.HttpStatus;

/**
 * The {@code fileids} of a body, as they come. What is wrong with them is told at the end, since the key may come again
 * and replace them.
 */
final class CartItems {
    private static final List<String> KEYS = List.of("id", "path", "hashtype", "hashsum");

    /** What a key of an item holds: a text, or why it is none. */
    private record Value(String text, String problem) {}

    private static final Value MISSING = new Value("", "missing");

    private final int maxFiles;
    private final LongConsumer memory;
    private long kept;
    private final Map<String, Value> values = new HashMap<>();
    private List<Item> items = new ArrayList<>();
    private String problem = "fileids: missing";
    private String key = "";
    private int count;

    CartItems(int maxFiles, LongConsumer memory) {
        this.memory = memory;
        this.maxFiles = maxFiles;
    }

    /** A list begins, or what should have been one. */
    void begin(boolean isList) {
        items = new ArrayList<>();
        memory.accept(-kept);
        kept = 0;
        count = 0;
        problem = isList ? "" : "fileids: must be a list";
    }

    /** An item begins, or what should have been one. */
    void beginItem(boolean isObject) {
        if (count == maxFiles) {
            throw new Refused(
                    HttpStatus.PAYLOAD_TOO_LARGE_413, "fileids: a cart can have at most " + maxFiles + " files");
        }
        values.clear();
        count++;
        if (!isObject) {
            wrong(place() + ": must be an object");
        }
    }

    /** A key of the item; answers whether its value is wanted. */
    boolean key(String name) {
        key = name;
        return KEYS.contains(name);
    }

    /** The value of that key. */
    void value(JsonToken token, String text) {
        boolean number = key.equals("id") && token == JsonToken.VALUE_NUMBER_INT;
        boolean right = number || token == JsonToken.VALUE_STRING;
        String allowed = key.equals("id") ? "must be a string or an integer" : "must be a string";
        values.put(key, new Value(right ? text : "", right ? "" : allowed));
    }

    void endItem() {
        // Nothing more is kept once something is wrong.
        if (!problem.isEmpty()) {
            return;
        }
        for (String name : KEYS) {
            wrong(place() + "." + name + ": ", values.getOrDefault(name, MISSING).problem);
        }
        if (problem.isEmpty()) {
            add();
        }
    }

    /**
     * All items.
     *
     * @throws CartException.Invalid if there are none, or one is wrong
     */
    List<Item> all() {
        if (!problem.isEmpty()) {
            throw new CartException.Invalid(problem);
        }
        return items;
    }

    private void add() {
        try {
            Item item = Item.of(text("id"), text("path"), text("hashtype"), text("hashsum"));
            long bytes = Memory.ofItem(item);
            memory.accept(bytes);
            kept += bytes;
            items.add(item);
        } catch (CartException.Invalid e) {
            wrong(place() + "." + e.getMessage());
        }
    }

    private String text(String name) {
        return values.getOrDefault(name, MISSING).text;
    }

    private String place() {
        return "fileids[" + (count - 1) + "]";
    }

    private void wrong(String where, String what) {
        if (!what.isEmpty()) {
            wrong(where + what);
        }
    }

    private void wrong(String what) {
        if (problem.isEmpty()) {
            problem = what;
        }
    }
}
