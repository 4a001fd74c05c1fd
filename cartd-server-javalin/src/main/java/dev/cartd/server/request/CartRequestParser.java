package dev.cartd.server.request;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartRequest;
import dev.cartd.server.http.Refused;
import java.io.IOException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Parses a {@link CartRequest} from the bytes of a body as they come, and keeps nothing else of them. If a key occurs
 * twice, the last one counts; unknown keys are skipped. For one thread at a time.
 */
public final class CartRequestParser {
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            // Otherwise the parser would keep every name in memory.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(BodyTokens.MAX_DEPTH)
                    .maxStringLength(BodyTokens.MAX_STRING)
                    .maxNameLength(BodyTokens.MAX_STRING)
                    .maxNumberLength(BodyTokens.MAX_PLAIN)
                    .build())
            .build();

    /** The role of the next token. */
    private enum Place {
        DOCUMENT,
        KEY,
        FILEIDS,
        BUNDLE,
        ITEM,
        ITEM_KEY,
        ITEM_VALUE,
        UNKNOWN,
        END
    }

    private final String uid;
    private final boolean bundleDefault;
    private final JsonParser parser;
    private final WholeCharacters characters = new WholeCharacters();
    private final BodyTokens tokens = new BodyTokens();
    private final CartItems items;

    private Place place = Place.DOCUMENT;
    private Place afterUnknown = Place.END;
    private int depth;
    private boolean bundle;
    private boolean bundleWrong;

    /**
     * Parses the request for one cart.
     *
     * @param uid the cart's name
     * @param bundleDefault the value of {@code bundle} for a body that does not contain it
     * @param maxFiles the maximum number of files
     * @param memory receives the number of bytes of memory before they are used, negative if they are released; may
     *     throw to refuse the body
     */
    public CartRequestParser(String uid, boolean bundleDefault, int maxFiles, LongConsumer memory) throws IOException {
        this.uid = uid;
        this.bundleDefault = bundleDefault;
        this.bundle = bundleDefault;
        this.parser = JSON.createNonBlockingByteArrayParser();
        this.items = new CartItems(maxFiles, memory);
    }

    /**
     * Parses the next bytes of the body, up to the last complete character. The array may be reused afterwards.
     *
     * @return how many bytes were parsed; the rest must come again, before the bytes that follow
     * @throws CartException.Invalid if the body is no valid request
     * @throws Refused with 413 or 503 if there are too many files
     */
    public int accept(byte[] bytes, int length) throws IOException {
        int whole = characters.in(bytes, length);
        if (whole > 0) {
            tokens.look(bytes, whole);
            try {
                ((ByteArrayFeeder) parser.getNonBlockingInputFeeder()).feedInput(bytes, 0, whole);
                takeAll();
            } catch (JsonProcessingException e) {
                throw invalid();
            }
        }
        return whole;
    }

    /**
     * The request, after the last byte.
     *
     * @throws CartException.Invalid if the body is no valid request; the message names the place
     */
    public CartRequest finish() throws IOException {
        try {
            ((ByteArrayFeeder) parser.getNonBlockingInputFeeder()).endOfInput();
            takeAll();
        } catch (JsonProcessingException e) {
            throw invalid();
        }
        if (place != Place.END) {
            throw invalid();
        }
        if (bundleWrong) {
            throw new CartException.Invalid("bundle: must be true or false");
        }
        return new CartRequest(uid, bundle, items.all());
    }

    private void takeAll() throws IOException {
        for (JsonToken token = parser.nextToken(); more(token); token = parser.nextToken()) {
            place = take(token);
        }
    }

    private static boolean more(@Nullable JsonToken token) {
        return token != null && token != JsonToken.NOT_AVAILABLE;
    }

    private CartException.Invalid invalid() {
        JsonLocation at = parser.currentLocation();
        return new CartException.Invalid(
                "Invalid JSON document: error at line " + at.getLineNr() + ", column " + at.getColumnNr());
    }

    private Place take(JsonToken token) throws IOException {
        return switch (place) {
            case DOCUMENT -> document(token);
            case KEY -> key(token);
            case FILEIDS -> fileids(token);
            case BUNDLE -> bundle(token);
            case ITEM -> item(token);
            case ITEM_KEY -> itemKey(token);
            case ITEM_VALUE -> itemValue(token);
            case UNKNOWN -> unknown(token);
            case END -> throw invalid();
        };
    }

    private Place document(JsonToken token) {
        if (token != JsonToken.START_OBJECT) {
            throw new CartException.Invalid("the body must be a JSON object");
        }
        return Place.KEY;
    }

    private Place key(JsonToken token) throws IOException {
        if (token == JsonToken.END_OBJECT) {
            return Place.END;
        }
        return switch (parser.currentName()) {
            case "fileids" -> Place.FILEIDS;
            case "bundle" -> Place.BUNDLE;
            default -> skip(Place.KEY);
        };
    }

    private Place fileids(JsonToken token) {
        items.begin(token == JsonToken.START_ARRAY);
        return token == JsonToken.START_ARRAY ? Place.ITEM : rest(token, Place.KEY);
    }

    private Place bundle(JsonToken token) {
        bundleWrong = !token.isBoolean() && token != JsonToken.VALUE_NULL;
        bundle = token.isBoolean() ? token == JsonToken.VALUE_TRUE : bundleDefault;
        return rest(token, Place.KEY);
    }

    private Place item(JsonToken token) {
        if (token == JsonToken.END_ARRAY) {
            return Place.KEY;
        }
        items.beginItem(token == JsonToken.START_OBJECT);
        return token == JsonToken.START_OBJECT ? Place.ITEM_KEY : rest(token, Place.ITEM);
    }

    private Place itemKey(JsonToken token) throws IOException {
        if (token == JsonToken.END_OBJECT) {
            items.endItem();
            return Place.ITEM;
        }
        return items.key(parser.currentName()) ? Place.ITEM_VALUE : skip(Place.ITEM_KEY);
    }

    private Place itemValue(JsonToken token) throws IOException {
        items.value(token, token.isScalarValue() ? parser.getText() : "");
        return rest(token, Place.ITEM_KEY);
    }

    private Place skip(Place then) {
        depth = 0;
        afterUnknown = then;
        return Place.UNKNOWN;
    }

    /** Skips the rest of a value that began with this token. */
    private Place rest(JsonToken token, Place then) {
        skip(then);
        return unknown(token);
    }

    private Place unknown(JsonToken token) {
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        return depth == 0 ? afterUnknown : Place.UNKNOWN;
    }
}
