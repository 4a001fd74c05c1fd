package dev.cartd.cli.print;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Wait;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The answer of a command to programs: one JSON object on one line, in ASCII, written piece by piece. Times are ISO
 * 8601 in UTC; a value that is unknown or does not apply is null.
 */
public final class Json implements Closeable {
    private final PrintWriter target;
    private final JsonGenerator out;

    /** Begins the object. */
    public Json(PrintWriter target) {
        this.target = target;
        try {
            out = new JsonFactoryBuilder()
                    .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                    .build()
                    .createGenerator(target)
                    .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            out.writeStartObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Json put(String key, String value) {
        return write(() -> out.writeStringField(key, value));
    }

    public Json put(String key, long value) {
        return write(() -> out.writeNumberField(key, value));
    }

    public Json put(String key, boolean value) {
        return write(() -> out.writeBooleanField(key, value));
    }

    Json put(String key, Instant value) {
        return put(key, value.toString());
    }

    /** Writes a number, or anything else as text; null if it is empty. */
    public Json put(String key, Optional<?> value) {
        if (value.isEmpty()) {
            return write(() -> out.writeNullField(key));
        }
        return value.get() instanceof Number number
                ? put(key, number.longValue())
                : put(key, value.get().toString());
    }

    /** Writes an object as a member. */
    Json object(String key, Runnable members) {
        write(() -> out.writeObjectFieldStart(key));
        members.run();
        return write(out::writeEndObject);
    }

    /** Writes a list of objects. */
    public <T> Json list(String key, Iterable<T> things, Consumer<T> members) {
        return list(key, things.iterator(), members);
    }

    /** Writes a list of objects, each when the iterator returns it. Ends the list when the output is closed. */
    public <T> Json list(String key, Iterator<T> things, Consumer<T> members) {
        write(() -> out.writeArrayFieldStart(key));
        while (things.hasNext() && !target.checkError()) {
            write(out::writeStartObject);
            members.accept(things.next());
            write(out::writeEndObject);
        }
        return write(out::writeEndArray);
    }

    /** Writes a list of texts. */
    public Json texts(String key, Iterable<String> texts) {
        write(() -> out.writeArrayFieldStart(key));
        texts.forEach(text -> write(() -> out.writeString(text)));
        return write(out::writeEndArray);
    }

    /** Writes the members of a cart. */
    public void cart(Cart cart) {
        Cart.Progress done = cart.progress();
        put("id", cart.id());
        put("uid", cart.uid());
        put("status", cart.status().word());
        put("bundle", cart.bundle());
        put("files", done.files());
        put("files_staged", done.staged());
        put("bytes", done.bytes().stream().boxed().findFirst());
        put("bytes_staged", done.stagedBytes());
        put("created", cart.created());
        put("last_use", cart.updated());
        put("ready", cart.ready());
        put("kept_until", cart.kept());
        put("deleted", Optional.of(cart.updated()).filter(when -> cart.status() == CartStatus.DELETED));
        put("reason", cart.reason());
        Instant now = Instant.now();
        cart.waitsFor(now).ifPresentOrElse(wait -> waits(wait, cart, now), () -> put("waits", Optional.empty()));
    }

    private void waits(Wait wait, Cart cart, Instant now) {
        object(
                "waits",
                () -> put("for", wait.kind().word())
                        .put("since", wait.since())
                        .put("until", cart.waitsUntil(now))
                        .put("detail", wait.detail()));
    }

    private interface Writing {
        void write() throws IOException;
    }

    private Json write(Writing writing) {
        try {
            writing.write();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the object, and the line. */
    @Override
    public void close() {
        write(out::writeEndObject);
        write(out::close);
        target.println();
        target.flush();
    }
}
