package dev.cartd.archive;

import dev.cartd.archive.pacifica.PacificaArchive;
import dev.cartd.local.DirectoryArchive;
import dev.cartd.spi.Archive;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The kinds of archives, each with the schemes of its URLs. This is the only place that judges a scheme. */
enum ArchiveKind {
    /** A directory that is mounted. */
    DIRECTORY {
        @Override
        List<String> schemes() {
            return List.of("file");
        }

        @Override
        void check(URI url) {
            if (url.getRawAuthority() != null
                    || url.getPath() == null
                    || url.getRawQuery() != null
                    || url.getRawFragment() != null) {
                throw new IllegalArgumentException("the archive's URL is not file:///DIRECTORY");
            }
        }

        @Override
        Archive open(URI url, Duration timeout, int maxRequests) {
            return new DirectoryArchive(Path.of(url));
        }
    },

    /** Pacifica's archive interface. */
    PACIFICA {
        @Override
        List<String> schemes() {
            return List.of("http", "https");
        }

        @Override
        void check(URI url) {
            PacificaArchive.check(url);
        }

        @Override
        Archive open(URI url, Duration timeout, int maxRequests) {
            return new PacificaArchive(url, timeout, maxRequests);
        }
    };

    /**
     * The kind of archive that a URL names.
     *
     * @throws IllegalArgumentException if no kind has such a scheme
     */
    static ArchiveKind of(URI url) {
        String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(kind -> kind.schemes().contains(scheme))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the archive's URL begins with none of "
                        + Arrays.stream(values())
                                .flatMap(kind -> kind.schemes().stream())
                                .sorted()
                                .collect(Collectors.joining(", "))));
    }

    /** The schemes of this kind's URLs, in lower case. */
    abstract List<String> schemes();

    /**
     * Checks a URL, whose scheme is one of this kind's. Sends nothing.
     *
     * @throws IllegalArgumentException if no archive can have this URL; the message never contains a password
     */
    abstract void check(URI url);

    /**
     * Opens the archive at this URL, which was {@linkplain #check checked}.
     *
     * @param timeout how long a request waits for the next byte: the archive has to see to that itself
     * @param maxRequests the most requests that cartd sends at once, from which an archive can derive how many
     *     connections it keeps: it need not count requests itself
     * @throws IllegalArgumentException if {@code timeout} or {@code maxRequests} is out of range
     */
    abstract Archive open(URI url, Duration timeout, int maxRequests);
}
