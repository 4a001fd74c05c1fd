package dev.cartd.server;

import java.nio.charset.StandardCharsets;

/** The Content-Disposition of a download, as RFC 6266 has it. */
final class ContentDisposition {
    private static final String PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&+-.^_`|~";

    private ContentDisposition() {}

    /** Says to save under this name; one that is not ASCII is given twice, for old readers and for new ones. */
    static String attachment(String filename) {
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
