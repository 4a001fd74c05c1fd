package dev.cartd.cart;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.zip.Adler32;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * The hash that a file must have, as the client gave it. The type may be unknown, and the value may be no hash of that
 * type: clients rely on it that such a request is accepted, and that the file fails when its cart is staged. Immutable,
 * so safe for use by many threads.
 *
 * @param type the hash type: a name of Python's hashlib, such as {@code md5} or {@code sha3_256}, or {@code adler32},
 *     {@code crc32} or {@code crc32c}; for an unknown type the client's text in lower case, with {@code _} for
 *     {@code -}
 * @param value the hash in hex digits, in lower case; any text if it is not valid
 */
public record Checksum(String type, String value) {
    /** The type of a SHA-256, which every Java has. */
    public static final String SHA256 = "sha256";

    @FunctionalInterface
    private interface Maker {
        MessageDigest make() throws NoSuchAlgorithmException;
    }

    /**
     * How a hash is computed.
     *
     * @param name the name of the algorithm in Java
     */
    private record Algorithm(String name, int bytes, Maker maker) {
        static Algorithm hash(String name, int bytes) {
            return new Algorithm(name, bytes, () -> MessageDigest.getInstance(name));
        }

        static Algorithm sum(String name, Supplier<java.util.zip.Checksum> sum) {
            return new Algorithm(name, Integer.BYTES, () -> new SumDigest(name, sum.get()));
        }
    }

    private static final Map<String, Algorithm> ALGORITHMS = Map.ofEntries(
            Map.entry("md5", Algorithm.hash("MD5", 16)),
            Map.entry("sha1", Algorithm.hash("SHA-1", 20)),
            Map.entry("sha224", Algorithm.hash("SHA-224", 28)),
            Map.entry("sha256", Algorithm.hash("SHA-256", 32)),
            Map.entry("sha384", Algorithm.hash("SHA-384", 48)),
            Map.entry("sha512", Algorithm.hash("SHA-512", 64)),
            Map.entry("sha3_224", Algorithm.hash("SHA3-224", 28)),
            Map.entry("sha3_256", Algorithm.hash("SHA3-256", 32)),
            Map.entry("sha3_384", Algorithm.hash("SHA3-384", 48)),
            Map.entry("sha3_512", Algorithm.hash("SHA3-512", 64)),
            Map.entry("blake2b", Algorithm.hash("BLAKE2B-512", 64)),
            Map.entry("blake2s", Algorithm.hash("BLAKE2S-256", 32)),
            Map.entry("adler32", Algorithm.sum("Adler-32", Adler32::new)),
            Map.entry("crc32", Algorithm.sum("CRC-32", CRC32::new)),
            Map.entry("crc32c", Algorithm.sum("CRC-32C", CRC32C::new)));

    private static final List<String> NAMES = List.copyOf(ALGORITHMS.keySet());

    /**
     * Normalises type and value; {@code sha3-256} becomes {@code sha3_256}, and {@code SHA-256} becomes {@code sha256}.
     */
    public Checksum {
        type = canonical(type.toLowerCase(Locale.ROOT).replace('-', '_'));
        value = value.toLowerCase(Locale.ROOT);
    }

    /** Returns the same String object for equal known types, so that a hundred thousand files share it. */
    private static String canonical(String type) {
        String joined = type.replace("_", "");
        return NAMES.stream()
                .filter(name -> name.equals(type) || name.equals(joined))
                .findFirst()
                .orElse(type);
    }

    /** Whether cartd knows hashes of this type. The value need not be one. */
    public boolean isOfKnownType() {
        return ALGORITHMS.containsKey(type);
    }

    /** A new SHA-256 digest, which every Java has. */
    public static MessageDigest sha256() {
        return new Checksum(SHA256, "").newDigest();
    }

    /** Why no file can be verified with this checksum, in words for people; empty if files can be. */
    public Optional<String> problem() {
        Algorithm algorithm = ALGORITHMS.get(type);
        if (algorithm == null) {
            return Optional.of("hash type " + (type.isEmpty() ? "(empty)" : Text.quote(type)) + " is not known");
        }
        if (value.length() != 2 * algorithm.bytes || !value.chars().allMatch(HexFormat::isHexDigit)) {
            return Optional.of((value.isEmpty() ? "an empty text" : Text.quote(value)) + " cannot be a " + type
                    + ", which has " + 2 * algorithm.bytes + " hex digits");
        }
        try {
            algorithm.maker.make();
            return Optional.empty();
        } catch (NoSuchAlgorithmException e) {
            return Optional.of("hash type " + type + " is not available in this Java: add a security provider that has "
                    + algorithm.name + ", such as Bouncy Castle");
        }
    }

    /**
     * A new digest of this type.
     *
     * @throws IllegalStateException if there is a {@link #problem}
     */
    public MessageDigest newDigest() {
        Algorithm algorithm = ALGORITHMS.get(type);
        if (algorithm == null) {
            throw new IllegalStateException("hash type " + type + " is not known");
        }
        try {
            return algorithm.maker.make();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("hash type " + type + " is not available", e);
        }
    }
}
