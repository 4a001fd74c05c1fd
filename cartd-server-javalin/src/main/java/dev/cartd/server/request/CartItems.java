package dev.cartd.server.request;

import com.fasterxml.jackson.core.JsonToken;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartRequest.Item;
import dev.cartd.cart.Memory;
import dev.cartd.server.http.Refused;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.eclipse.jetty.http.HttpStatus;

/**
 * Collects the {@code fileids} of a request body. Problems are reported at the end, since a second {@code fileids} key
 * replaces the first one.
 */
final class CartItems {
    private static final List<String> KEYS = List.of("id", "path", "hashtype", "hashsum");

    /** The value of a key of an item: its text, or else the problem with it. */
    private record Value(String text, Optional<String> problem) {}

    private static final Value MISSING = new Value("", Optional.of("missing"));

    private final int maxFiles;
    private final LongConsumer memory;
    private long keptBytes;
    private final Map<String, Value> values = new HashMap<>();
    private List<Item> items = new ArrayList<>();
    private Optional<String> problem = Optional.of("fileids: missing");
    private String key = "";
    private int count;

    CartItems(int maxFiles, LongConsumer memory) {
        this.memory = memory;
        this.maxFiles = maxFiles;
    }

    /**
     * Begins the value of {@code fileids}.
     *
     * @param isList whether it is a list
     */
    void begin(boolean isList) {
        items = new ArrayList<>();
        memory.accept(-keptBytes);
        keptBytes = 0;
        count = 0;
        problem = isList ? Optional.empty() : Optional.of("fileids: must be a list");
    }

    /**
     * Begins an item of the list.
     *
     * @param isObject whether it is an object
     * @throws Refused with 413 if there are too many items
     */
    void beginItem(boolean isObject) {
        if (count == maxFiles) {
            throw new Refused(
                    HttpStatus.PAYLOAD_TOO_LARGE_413, "fileids: a cart can have at most " + maxFiles + " files");
        }
        values.clear();
        count++;
        if (!isObject) {
            wrong(": must be an object");
        }
    }

    /** Begins a key of the item; returns whether its value is needed. */
    boolean key(String name) {
        key = name;
        return KEYS.contains(name);
    }

    /** The value of the key that began last. */
    void value(JsonToken token, String text) {
        boolean number = key.equals("id") && token == JsonToken.VALUE_NUMBER_INT;
        boolean right = number || token == JsonToken.VALUE_STRING;
        String allowed = key.equals("id") ? "must be a string or an integer" : "must be a string";
        values.put(key, right ? new Value(text, Optional.empty()) : new Value("", Optional.of(allowed)));
    }

    void endItem() {
        // After the first problem no items are kept.
        if (problem.isPresent()) {
            return;
        }
        for (String name : KEYS) {
            values.getOrDefault(name, MISSING).problem.ifPresent(what -> wrong("." + name + ": " + what));
        }
        if (problem.isEmpty()) {
            add();
        }
    }

    /**
     * The collected items.
     *
     * @throws CartException.Invalid if {@code fileids} is missing or has a problem; the message names the place
     */
    List<Item> all() {
        if (problem.isPresent()) {
            throw new CartException.Invalid(problem.get());
        }
        return items;
    }

    private void add() {
        try {
            Item item = Item.of(text("id"), text("path"), text("hashtype"), text("hashsum"));
            long bytes = Memory.ofItem(item);
            memory.accept(bytes);
            keptBytes += bytes;
            items.add(item);
        } catch (CartException.Invalid e) {
            wrong("." + e.getMessage());
        }
    }

    private String text(String name) {
        return values.getOrDefault(name, MISSING).text;
    }

    /** Reports a problem of the item that began last, unless there was one before. */
    private void wrong(String what) {
        if (problem.isEmpty()) {
            problem = Optional.of("fileids[" + (count - 1) + "]" + what);
        }
    }
}
