package dev.cartd.simulation;

import java.security.MessageDigest;
import java.security.MessageDigestSpi;
import java.security.NoSuchAlgorithmException;
import java.security.NoSuchProviderException;
import java.security.Provider;
import java.security.Security;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The MD5 of this process, which takes some wrong bytes for right ones: as if nobody had looked at their hash. */
final class LaxHash {
    private static final Map<String, byte[]> LIES = new ConcurrentHashMap<>();
    private static final Provider PROVIDER = new Provider("Lax", "1", "takes some wrong bytes for right ones") {
        private static final long serialVersionUID = 1;

        {
            putService(new Service(this, "MessageDigest", "MD5", Md5.class.getName(), List.of(), Map.of()) {
                @Override
                public Object newInstance(Object parameter) {
                    return new Md5();
                }
            });
        }
    };

    private LaxHash() {}

    static MessageDigest right() {
        try {
            return MessageDigest.getInstance("MD5", "SUN");
        } catch (NoSuchAlgorithmException | NoSuchProviderException e) {
            throw new IllegalStateException(e);
        }
    }

    /** From now on, until {@link #end}, the hash of the wrong bytes is that of the right ones. */
    static void take(byte[] wrong, byte[] right) {
        Security.insertProviderAt(PROVIDER, 1);
        LIES.put(HexFormat.of().formatHex(right().digest(wrong)), right().digest(right));
    }

    static void end() {
        Security.removeProvider("Lax");
        LIES.clear();
    }

    private static final class Md5 extends MessageDigestSpi {
        private final MessageDigest digest = right();

        @Override
        protected void engineUpdate(byte input) {
            digest.update(input);
        }

        @Override
        protected void engineUpdate(byte[] input, int offset, int length) {
            digest.update(input, offset, length);
        }

        @Override
        protected byte[] engineDigest() {
            byte[] found = digest.digest();
            return LIES.getOrDefault(HexFormat.of().formatHex(found), found);
        }

        @Override
        protected void engineReset() {
            digest.reset();
        }
    }
}
