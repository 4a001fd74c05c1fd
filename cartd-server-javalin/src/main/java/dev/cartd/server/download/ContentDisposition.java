package dev.cartd.server.download;

import dev.cartd.server.http.HeaderText;
import java.nio.charset.StandardCharsets;

/** Formats the {@code Content-Disposition} header of a download (RFC 6266). */
public final class ContentDisposition {
    private static final String PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&+-.^_`|~";

    private ContentDisposition() {}

    /** Names the file to save. A name that is not ASCII is sent in two forms, for old and for new clients. */
    public static String attachment(String filename) {
        String ascii = ascii(filename);
        String quoted = "attachment; filename=\"" + ascii + "\"";
        return ascii.equals(filename) ? quoted : quoted + "; filename*=UTF-8''" + encoded(filename);
    }

    private static String ascii(String filename) {
        StringBuilder ascii = new StringBuilder();
        filename.codePoints()
                .forEach(c -> ascii.append(c >= ' ' && c < 0x7f && c != '"' && c != '\\' ? (char) c : '_'));
        return ascii.toString();
    }

    private static String encoded(String filename) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : filename.getBytes(StandardCharsets.UTF_8)) {
            encoded.append(isPlain(b) ? String.valueOf((char) b) : HeaderText.percent(b));
        }
        return encoded.toString();
    }

    private static boolean isPlain(byte b) {
        return PLAIN.indexOf(b) >= 0;
    }
}
