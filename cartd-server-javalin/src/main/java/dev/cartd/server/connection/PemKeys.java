package dev.cartd.server.connection;

import dev.cartd.cart.FailureText;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate of a server and its key, from two PEM files. For a connection that begins more than a second after
 * they were read, they are read again; while they cannot be read, or do not fit each other, the ones before are used.
 * Safe for use by many threads.
 */
final class PemKeys extends X509ExtendedKeyManager {
    private static final Logger LOG = LoggerFactory.getLogger(PemKeys.class);
    private static final long PERIOD = Duration.ofSeconds(1).toNanos();
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    private final Path certificate;
    private final Path key;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile Pair current;
    /** For a handshake that began with it. */
    private volatile Pair before;

    private volatile long read = System.nanoTime();
    private String failure = "";

    private record Pair(String name, Pem pem, List<X509Certificate> chain, PrivateKey key) {}

    /** The texts of the two files. */
    private record Pem(String certificate, String key) {
        static Pem read(Path certificate, Path key) throws IOException {
            return new Pem(SmallFile.text(certificate), SmallFile.text(key));
        }
    }

    /**
     * Reads the files.
     *
     * @throws IOException if that fails; the message names the file
     */
    PemKeys(Path certificate, Path key) throws IOException {
        this.certificate = certificate;
        this.key = key;
        this.current = pair("0", Pem.read(certificate, key));
        this.before = current;
    }

    Instant validFrom() {
        return current.chain().get(0).getNotBefore().toInstant();
    }

    Instant validUntil() {
        return current.chain().get(0).getNotAfter().toInstant();
    }

    private void refresh() {
        if (System.nanoTime() - read < PERIOD || !reading.tryLock()) {
            return;
        }
        try {
            Pem pem = Pem.read(certificate, key);
            if (!pem.equals(current.pem())) {
                Pair next = pair(current.name().equals("0") ? "1" : "0", pem);
                before = current;
                current = next;
                LOG.info("the certificate is read: it is valid until {}", validUntil());
            }
            failure = "";
        } catch (IOException e) {
            String reason = FailureText.of(e);
            if (!reason.equals(failure)) {
                failure = reason;
                LOG.warn("the certificate stays as it was read before: {}", reason);
            }
        } finally {
            read = System.nanoTime();
            reading.unlock();
        }
    }

    private Pair pair(String name, Pem pem) throws IOException {
        try {
            InputStream in = new ByteArrayInputStream(pem.certificate().getBytes(StandardCharsets.ISO_8859_1));
            List<X509Certificate> chain = CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
            if (chain.isEmpty()) {
                throw new IOException(certificate + ": it has no certificate in PEM");
            }
            PrivateKey secret = key(pem.key(), chain.get(0));
            if (!fits(chain.get(0), secret)) {
                throw new IOException(key + ": it is not the key of the first certificate in " + certificate);
            }
            return new Pair(name, pem, chain, secret);
        } catch (GeneralSecurityException | ClassCastException e) {
            throw new IOException(certificate + ": it has no certificate in PEM", e);
        }
    }

    private PrivateKey key(String text, X509Certificate owner) throws IOException {
        Matcher found = KEY.matcher(text);
        if (!found.find()) {
            throw new IOException(
                    key + ": it has no unencrypted key in PKCS #8 (BEGIN PRIVATE KEY): openssl pkcs8 -topk8"
                            + " -nocrypt makes one");
        }
        try {
            byte[] bytes = Base64.getMimeDecoder().decode(found.group(1));
            return KeyFactory.getInstance(owner.getPublicKey().getAlgorithm())
                    .generatePrivate(new PKCS8EncodedKeySpec(bytes));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            // Without the cause: its message could have bytes of the key.
            throw new IOException(key + ": it is not the key of the first certificate in " + certificate);
        }
    }

    /** Whether what this key signs is right by this certificate. */
    private static boolean fits(X509Certificate owner, PrivateKey secret) throws GeneralSecurityException {
        String algorithm = switch (secret.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> secret.getAlgorithm();
        };
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(secret);
        signature.update((byte) 1);
        byte[] signed = signature.sign();
        signature.initVerify(owner.getPublicKey());
        signature.update((byte) 1);
        return signature.verify(signed);
    }

    private Pair named(String name) {
        Pair now = current;
        return now.name().equals(name) ? now : before;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        refresh();
        Pair now = current;
        return now.key().getAlgorithm().equals(keyType) ? now.name() : null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return named(alias).chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return named(alias).key();
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return chooseEngineServerAlias(keyType, issuers, null);
    }

    @Override
    public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return new String[] {current.name()};
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }
}
