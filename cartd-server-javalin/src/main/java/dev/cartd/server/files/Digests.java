package dev.cartd.server.files;

import dev.cartd.cart.Checksum;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The headers that tell the hash of a file: {@code Repr-Digest} (RFC 9530) and the older {@code Digest} (RFC 3230). */
final class Digests {
    /** The names in both headers, by type of hash; the other types have none. Those of RFC 3230 are in any case. */
    private static final Map<String, String> NAMES =
            Map.of("md5", "md5", "sha1", "sha", "sha256", "sha-256", "sha512", "sha-512");

    private Digests() {}

    /** @param wanted the values of {@code Want-Digest}; empty if the client sent none */
    static void describe(HttpServletResponse response, Checksum checksum, String wanted) {
        Optional<String> name = Optional.ofNullable(NAMES.get(checksum.type()));
        if (name.isPresent() && checksum.problem().isEmpty()) {
            String base64 = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(checksum.value()));
            response.setHeader("Repr-Digest", name.get() + "=:" + base64 + ":");
            if (isWanted(name.get(), wanted)) {
                response.setHeader("Digest", name.get().toUpperCase(Locale.ROOT) + "=" + base64);
            }
        }
    }

    /** Whether a list such as {@code SHA-256;q=1, md5;q=0.3} has this name, and not with a weight of 0. */
    private static boolean isWanted(String name, String wanted) {
        for (String element : wanted.toLowerCase(Locale.ROOT).split(",")) {
            String[] parts = element.split(";", 2);
            boolean refused = parts.length > 1 && parts[1].strip().matches("q\\s*=\\s*0(\\.0*)?");
            if (parts[0].strip().equals(name) && !refused) {
                return true;
            }
        }
        return false;
    }
}
