package dev.cartd.cli.notify;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key that signs notices, as the Standard Webhooks specification has it: HMAC-SHA-256 over the id of the notice,
 * the time and the body. The file is read for each signature, so a key can be replaced at any time.
 */
public record Signature(Path file) {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int MOST_BYTES = 4096;
    private static final int LEAST_KEY = 24;
    private static final int MOST_KEY = 64;
    private static final Pattern FORM = Pattern.compile("whsec_([A-Za-z0-9+/]{16,}={0,2})");

    /** Signs a body. */
    String of(String id, Instant time, String body) throws IOException {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key(), ALGORITHM));
            mac.update((id + "." + time.getEpochSecond() + ".").getBytes(StandardCharsets.UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    /**
     * Checks that there is a key.
     *
     * @throws IOException if the file cannot be read, or has no key; the message says what to do and nothing of the file
     */
    public void check() throws IOException {
        int unused = key().length;
    }

    private byte[] key() throws IOException {
        Matcher form = FORM.matcher(text().strip());
        byte[] key = {};
        try {
            key = form.matches() ? Base64.getDecoder().decode(form.group(1)) : key;
        } catch (IllegalArgumentException e) {
            key = new byte[0]; // Without the cause: its message could have a part of the key.
        }
        if (key.length < LEAST_KEY || key.length > MOST_KEY) {
            throw new IOException(file + ": it has no key of " + LEAST_KEY + " to " + MOST_KEY
                    + " bytes in the form whsec_BASE64: echo whsec_$(openssl rand -base64 32) makes one");
        }
        return key;
    }

    private String text() throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IOException(file + ": it is no file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MOST_BYTES), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": it is not there", e);
        }
    }
}
