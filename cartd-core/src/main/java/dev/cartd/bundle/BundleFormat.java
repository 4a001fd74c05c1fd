package dev.cartd.bundle;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a cart can be downloaded as. */
public enum BundleFormat {
    /** A tar with POSIX headers. */
    TAR,
    /** A zip whose members are stored, not compressed. */
    ZIP,
    /** A bag (RFC 8493) in a tar: the files below {@code data}, and beside it manifests with their hashes. */
    BAGIT;

    /** The format of this name, {@code tar}, {@code zip} or {@code bagit}; empty if there is none. */
    public static Optional<BundleFormat> of(String name) {
        return Arrays.stream(values())
                .filter(format -> format.word().equals(name))
                .findFirst();
    }

    /** The name of the format: {@code tar}, {@code zip} or {@code bagit}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** How the names of such files end: {@code .tar} or {@code .zip}. */
    String suffix() {
        return this == ZIP ? ".zip" : ".tar";
    }
}
