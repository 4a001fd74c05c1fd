package dev.cartd.cli;

import java.security.Provider;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.jspecify.annotations.Nullable;

/**
 * The hashes that Java lacks (blake2), from Bouncy Castle. That is loaded when the first of them is asked for: its jar
 * is signed, and to check that and to list its thousands of algorithms takes a good part of a start.
 */
final class LateHashes extends Provider {
    private static final long serialVersionUID = 1;

    LateHashes() {
        super("cartd", "1", "the hashes of Bouncy Castle, loaded late");
    }

    @Override
    public @Nullable Service getService(String type, String algorithm) {
        return type.equals("MessageDigest") ? Late.HASHES.getService(type, algorithm) : null;
    }

    private static final class Late {
        private static final Provider HASHES = new BouncyCastleProvider();
    }
}
