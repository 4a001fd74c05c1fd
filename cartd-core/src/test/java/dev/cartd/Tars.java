package dev.cartd;

import dev.cartd.bundle.Bundle;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** What is in the tars that a cart is downloaded as. */
final class Tars {
    private Tars() {}

    /** The files in the tar of a cart, by their names below its top directory. */
    static Map<String, byte[]> files(Cartd cartd, String uid) throws IOException {
        return files(cartd.open(uid, "x.tar"));
    }

    /** The files in a tar, by their names below its top directory. */
    static Map<String, byte[]> files(Bundle bundle) throws IOException {
        Map<String, byte[]> found = new TreeMap<>();
        try (TarArchiveInputStream tar = open(bundle)) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.isFile()) {
                    found.put(entry.getName().substring(entry.getName().indexOf('/') + 1), tar.readAllBytes());
                }
            }
        }
        return found;
    }

    private static TarArchiveInputStream open(Bundle bundle) throws IOException {
        try (var channel = bundle.open(0, bundle.length())) {
            byte[] bytes = Channels.newInputStream(channel).readAllBytes();
            return new TarArchiveInputStream(new ByteArrayInputStream(bytes), "UTF-8");
        }
    }
}
