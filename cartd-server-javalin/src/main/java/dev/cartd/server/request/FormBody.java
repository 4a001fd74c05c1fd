package dev.cartd.server.request;

import dev.cartd.server.http.Refused;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpStatus;

/** The body of a short form, as browsers send it. */
public final class FormBody implements BodyReader.Sink {
    private static final int MOST = 8 * 1024;
    private static final String TYPE = "application/x-www-form-urlencoded";

    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final Consumer<Map<String, String>> form;

    /**
     * Reads the form of this request.
     *
     * @param form gets the fields by name once the body is complete
     * @throws Refused with 415 if the body is no form
     */
    public FormBody(HttpServletRequest request, Consumer<Map<String, String>> form) {
        String type = String.valueOf(request.getHeader("Content-Type")).split(";", 2)[0];
        if (!type.strip().toLowerCase(Locale.ROOT).equals(TYPE)) {
            throw new Refused(HttpStatus.UNSUPPORTED_MEDIA_TYPE_415, "Expected an entity of content type " + TYPE);
        }
        this.form = form;
    }

    @Override
    public int take(byte[] bytes, int length) {
        if (body.size() + length > MOST) {
            throw new Refused(
                    HttpStatus.PAYLOAD_TOO_LARGE_413, "The form is too large: at most " + MOST + " bytes are allowed.");
        }
        body.write(bytes, 0, length);
        return length;
    }

    @Override
    public void end() {
        form.accept(fields(body.toString(StandardCharsets.UTF_8)));
    }

    private static Map<String, String> fields(String text) {
        Map<String, String> fields = new HashMap<>();
        for (String pair : text.split("&")) {
            String[] parts = pair.split("=", 2);
            String before = fields.put(decoded(parts[0]), parts.length == 2 ? decoded(parts[1]) : "");
            if (before != null) {
                throw new Refused(HttpStatus.BAD_REQUEST_400, "The form has a field twice.");
            }
        }
        return fields;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new Refused(HttpStatus.BAD_REQUEST_400, "The form has a percent sign that begins no escape.");
        }
    }
}
