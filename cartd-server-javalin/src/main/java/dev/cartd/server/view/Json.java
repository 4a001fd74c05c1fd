package dev.cartd.server.view;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Writes JSON. */
final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();

    /** Writes the members of an object. */
    @FunctionalInterface
    interface Members {
        void write(JsonGenerator json) throws IOException;
    }

    private Json() {}

    /** Writes to this text, which has all of it after each flush. */
    static JsonGenerator generator(StringWriter text) {
        try {
            return FACTORY.createGenerator(text);
        } catch (IOException e) {
            throw new UncheckedIOException("memory refused text", e);
        }
    }

    /** An object. */
    static String object(Members members) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = generator(text)) {
            json.writeStartObject();
            members.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("memory refused text", e);
        }
        return text.toString();
    }

    /** A member that is an object. */
    static void object(JsonGenerator json, String name, Members members) throws IOException {
        json.writeObjectFieldStart(name);
        members.write(json);
        json.writeEndObject();
    }

    /** A member that is a moment, in UTC and milliseconds: {@code 2026-11-27T12:00:00.123Z}. */
    static void moment(JsonGenerator json, String name, Instant moment) throws IOException {
        json.writeStringField(name, moment(moment));
    }

    /** A moment in UTC and milliseconds. */
    static String moment(Instant moment) {
        return moment.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    /** A member that is a text, unless the text is empty. */
    static void text(JsonGenerator json, String name, String text) throws IOException {
        if (!text.isEmpty()) {
            json.writeStringField(name, text);
        }
    }
}
