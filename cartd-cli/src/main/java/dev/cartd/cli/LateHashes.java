package dev.cartd.cli;

import java.security.Provider;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.jspecify.annotations.Nullable;

/**
 * The hashes that Java lacks (blake2), from Bouncy Castle. It is loaded when the first of them is needed: checking the
 * signature of its jar and listing its thousands of algorithms would make every start much longer.
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
