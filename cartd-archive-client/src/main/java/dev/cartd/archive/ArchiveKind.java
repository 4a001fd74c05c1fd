package dev.cartd.archive;

import dev.cartd.archive.command.CommandArchive;
import dev.cartd.archive.dav.DavArchive;
import dev.cartd.archive.http.FileUrls;
import dev.cartd.archive.mount.MountedArchive;
import dev.cartd.archive.pacifica.PacificaArchive;
import dev.cartd.archive.s3.S3Archive;
import dev.cartd.archive.tape.TapeArchive;
import dev.cartd.spi.Archive;
import java.net.URI;
import java.nio.file.Path;
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
            requirePath(url, "file:///DIRECTORY");
        }

        @Override
        Archive open(URI url, ArchiveSettings settings) {
            return new MountedArchive(Path.of(url), settings.timeout(), settings.maxRequests());
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
            FileUrls.check(url);
        }

        @Override
        Archive open(URI url, ArchiveSettings settings) {
            return new PacificaArchive(url, settings.timeout(), settings.maxRequests());
        }
    },

    /** A web server. */
    DAV {
        @Override
        List<String> schemes() {
            return List.of("dav+http", "dav+https");
        }

        @Override
        void check(URI url) {
            FileUrls.check(withoutPrefix(url));
        }

        @Override
        Archive open(URI url, ArchiveSettings settings) {
            return new DavArchive(withoutPrefix(url), settings.timeout(), settings.maxRequests());
        }
    },

    /** A bucket of an object store. */
    S3 {
        @Override
        List<String> schemes() {
            return List.of("s3");
        }

        @Override
        void check(URI url) {
            S3Archive.check(url);
        }

        @Override
        Archive open(URI url, ArchiveSettings settings) {
            return new S3Archive(url, settings.s3().settings(), settings.timeout(), settings.maxRequests());
        }
    },

    /** An archive with the Tape REST API. */
    TAPE {
        @Override
        List<String> schemes() {
            return List.of("tape+http", "tape+https");
        }

        @Override
        void check(URI url) {
            FileUrls.check(withoutPrefix(url));
        }

        @Override
        Archive open(URI url, ArchiveSettings settings) {
            return new TapeArchive(
                    withoutPrefix(url), settings.tape().settings(), settings.timeout(), settings.maxRequests());
        }
    },

    /** A program that the operator wrote. */
    COMMAND {
        @Override
        List<String> schemes() {
            return List.of("command");
        }

        @Override
        void check(URI url) {
            requirePath(url, "command:///PATH/TO/PROGRAM");
            if (url.getPath().equals("/")) {
                throw new IllegalArgumentException("the archive's URL names no program");
            }
        }

        @Override
        Archive open(URI url, ArchiveSettings settings) {
            return new CommandArchive(
                    Path.of(url.getPath()), settings.timeout(), settings.maxRequests(), settings.commandBatch());
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

    /** The URL without the part of its scheme up to the plus sign. */
    private static URI withoutPrefix(URI url) {
        String text = url.toString();
        return URI.create(text.substring(text.indexOf('+') + 1));
    }

    private static void requirePath(URI url, String form) {
        if (url.getRawAuthority() != null
                || url.getPath() == null
                || url.getRawQuery() != null
                || url.getRawFragment() != null) {
            throw new IllegalArgumentException("the archive's URL is not " + form);
        }
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
     * @throws IllegalArgumentException if a setting that this kind uses is out of range
     */
    abstract Archive open(URI url, ArchiveSettings settings);
}
