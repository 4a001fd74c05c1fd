package dev.cartd.cli.notify;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.cartd.spi.Notice;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** Writes a notice as a CloudEvent 1.0, in structured JSON and in ASCII. The same notice is the same text each time. */
final class CloudEvent {
    static final String TYPE = "application/cloudevents+json";

    /** So that a program that reads late can take all of it at once. */
    private static final int LONGEST = 4_000;

    private CloudEvent() {}

    static String of(Notice notice) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactoryBuilder()
                .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                .build()
                .createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("specversion", "1.0");
            json.writeStringField("id", notice.id());
            json.writeStringField("source", "/cartd");
            json.writeStringField("type", "dev.cartd.cart." + notice.event().word());
            if (!notice.uid().isEmpty()) {
                json.writeStringField("subject", cut(notice.uid()));
            }
            json.writeStringField("time", notice.happened().toString());
            json.writeStringField("datacontenttype", "application/json");
            json.writeObjectFieldStart("data");
            json.writeStringField("uid", cut(notice.uid()));
            json.writeNumberField("number", notice.cart());
            json.writeStringField("event", notice.event().word());
            json.writeStringField("reason", cut(notice.reason()));
            json.writeNumberField("files", notice.files());
            if (notice.bytes().isPresent()) {
                json.writeNumberField("bytes", notice.bytes().get());
            }
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static String cut(String text) {
        return text.substring(0, Math.min(LONGEST, text.length()));
    }
}
