package dev.cartd.bundle;

import dev.cartd.bundle.Member.Regular;
import dev.cartd.cart.Checksum;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/** The strong validator of a bundle: a digest of everything that determines its bytes. */
final class Etag {
    private final DataOutputStream out;

    private Etag(MessageDigest digest) {
        out = new DataOutputStream(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
    }

    static String of(String version, String top, List<Member> members) {
        try {
            MessageDigest digest = Checksum.sha256();
            Etag etag = new Etag(digest);
            etag.text(version);
            etag.text(top);
            for (Member member : members) {
                // The files determine the directories.
                if (member instanceof Regular file) {
                    etag.file(file);
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UncheckedIOException("a digest refused bytes", e);
        }
    }

    private void file(Regular member) throws IOException {
        text(member.path());
        out.writeLong(member.size());
        out.writeLong(member.mtime());
        text(member.file().checksum().type());
        text(member.file().checksum().value());
    }

    // The length goes first, so that two different lists of texts never give the same bytes.
    private void text(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }
}
