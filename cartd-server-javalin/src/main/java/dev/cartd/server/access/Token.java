package dev.cartd.server.access;

import dev.cartd.cart.Checksum;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A bearer token as the server knows it: its name and its hash. A token has 256 random bits, so the hash needs neither
 * salt nor a slow function: nobody can try so many.
 */
public final class Token {
    /** What names of tokens are. */
    public static final String ALLOWED_NAME =
            "1 to 64 letters, digits, . _ @ and -, and it begins with a letter or digit";

    private static final String PREFIX = "cartd_";
    private static final String HASH = "sha256:";
    private static final int BYTES = 32;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");
    private static final Pattern HEX = Pattern.compile("[0-9A-Fa-f]{64}");

    private final String name;
    private final byte[] hash;

    private Token(String name, byte[] hash) {
        this.name = name;
        this.hash = hash;
    }

    /** The text of a new token. */
    public static String random() {
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Whether a token can have this name. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** The line for a file of tokens. */
    public static String line(String name, String text) {
        return name + " " + HASH + HexFormat.of().formatHex(hash(text));
    }

    /** Whether a line of a file of tokens says nothing. */
    public static boolean isComment(String line) {
        return line.isBlank() || line.strip().startsWith("#");
    }

    /** Why a line of a file of tokens is none; empty if it is one. */
    public static Optional<String> problem(String line) {
        try {
            Token unused = parse(line);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Reads a line of a file of tokens.
     *
     * @throws IllegalArgumentException if it is none; the message does not show the line, which may have a secret
     */
    static Token parse(String line) {
        String[] words = line.strip().split("\\s+");
        if (words.length == 2 && words[1].startsWith(PREFIX)) {
            throw new IllegalArgumentException(
                    "it has a token where the hash belongs: make a new one, as cartd token NAME does");
        }
        if (words.length != 2 || !words[1].startsWith(HASH)) {
            throw new IllegalArgumentException("it must be NAME sha256:HASH, as cartd token NAME prints it");
        }
        if (!isName(words[0])) {
            throw new IllegalArgumentException("its name must be " + ALLOWED_NAME);
        }
        String hash = words[1].substring(HASH.length());
        if (!HEX.matcher(hash).matches()) {
            throw new IllegalArgumentException("its hash must have 64 hex digits");
        }
        return new Token(words[0], HexFormat.of().parseHex(hash));
    }

    /** The hash of the text of a token. */
    static byte[] hash(String text) {
        return Checksum.sha256().digest(text.getBytes(StandardCharsets.UTF_8));
    }

    String name() {
        return name;
    }

    /** Whether this is the token whose text has this hash. Takes as long for any two hashes. */
    boolean is(byte[] other) {
        return MessageDigest.isEqual(hash, other);
    }
}
