package dev.cartd.server.access;

import dev.cartd.spi.CartOwners;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The signature of a link to the carts of a uid: the moment when it ends, and an HMAC of that moment and the uid, by a
 * key that belongs to the uid. In an address it is the parameter {@code link}.
 */
public final class SignedLink {
    /** How the parameter begins in a query, as it is sent: other ways to write it are not understood. */
    private static final String PARAMETER = "link=";

    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_BYTES = 32;
    private static final Pattern FORM = Pattern.compile("([0-9]{1,12})\\.([A-Za-z0-9_-]{43})");

    private SignedLink() {}

    /**
     * The signature of a new link, by the key of the uid, which is made if there is none.
     *
     * @param until when it ends, in whole seconds
     * @throws dev.cartd.cart.CartException.Unavailable if the owners cannot be asked now
     */
    public static String make(CartOwners owners, String uid, Instant until) {
        return sign(owners.linkKey(uid, newKey()), uid, until);
    }

    /** A new random key. */
    static String newKey() {
        byte[] bytes = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(bytes);
        return encode(bytes);
    }

    /**
     * The signature of a link.
     *
     * @param until when it ends, in whole seconds
     */
    static String sign(String key, String uid, Instant until) {
        String seconds = Long.toString(until.getEpochSecond());
        return seconds + "." + encode(hmac(key, uid, seconds));
    }

    /** Whether this is a signature by this key for this uid that has not ended yet. */
    static boolean isValid(String signature, String key, String uid, Instant now) {
        Matcher form = FORM.matcher(signature);
        return form.matches()
                && MessageDigest.isEqual(
                        encode(hmac(key, uid, form.group(1))).getBytes(StandardCharsets.US_ASCII),
                        form.group(2).getBytes(StandardCharsets.US_ASCII))
                && now.getEpochSecond() < Long.parseLong(form.group(1));
    }

    /** The signature in a query as it was sent; empty if it has none, or more than one. */
    public static Optional<String> in(@Nullable String query) {
        List<String> found = query == null
                ? List.of()
                : Arrays.stream(query.split("&"))
                        .filter(pair -> pair.startsWith(PARAMETER))
                        .toList();
        return found.size() == 1
                ? Optional.of(found.get(0).substring(PARAMETER.length()))
                        .filter(text -> FORM.matcher(text).matches())
                : Optional.empty();
    }

    private static byte[] hmac(String key, String uid, String seconds) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.US_ASCII), ALGORITHM));
            return mac.doFinal(("link to a cart\n" + seconds + "\n" + uid).getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
