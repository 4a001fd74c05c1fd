package dev.cartd.archive;

import dev.cartd.archive.s3.S3Settings;
import dev.cartd.archive.tape.TapeSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * The settings of an archive besides its URL. Each kind of archive checks those that it uses.
 *
 * @param timeout how long a request waits for the next byte: the archive has to see to that itself; from a millisecond
 *     to a day
 * @param maxRequests the most requests that cartd sends at once; 1 or more. An archive need not count requests: it may
 *     derive from this how many connections it keeps
 * @param commandBatch the most files that one run of an archive's program is for; 1 or more
 * @param s3 the settings of an object store
 * @param tape the settings of an archive with the Tape REST API
 */
public record ArchiveSettings(Duration timeout, int maxRequests, int commandBatch, S3 s3, Tape tape) {
    /**
     * The settings of an object store that speaks S3.
     *
     * @param endpoint its URL; empty for Amazon's in this region
     * @param region the region that requests are signed for
     * @param pathStyle whether the bucket is in the path of a URL rather than in the name of the host
     * @param restoreDays for how many days a file stays on disk that was brought from tape; 1 or more
     * @param restoreTier how fast a file is brought from tape, such as {@code Standard}
     * @param credentialsFile a file with the keys; empty to look for them where other programs do
     */
    public record S3(
            Optional<URI> endpoint,
            String region,
            boolean pathStyle,
            int restoreDays,
            String restoreTier,
            Optional<Path> credentialsFile) {
        /** Amazon's store in its oldest region. */
        public static final S3 DEFAULT = new S3(Optional.empty(), "us-east-1", false, 2, "Standard", Optional.empty());

        S3Settings settings() {
            return new S3Settings(endpoint, region, pathStyle, restoreDays, restoreTier, credentialsFile);
        }
    }

    /**
     * The settings of an archive with the Tape REST API of WLCG.
     *
     * @param endpoint the URL of the API; empty to ask the server
     * @param batch the most files in one request; 1 or more
     * @param diskDays for how many days a file stays on disk that was brought from tape; 1 or more
     * @param tokenFile a file with the token; empty for none
     * @param trustedHosts other hosts that get the token and may have the files
     */
    public record Tape(
            Optional<URI> endpoint, int batch, int diskDays, Optional<Path> tokenFile, Set<String> trustedHosts) {
        /** No token, and an API that the server knows. */
        public static final Tape DEFAULT = new Tape(Optional.empty(), 500, 2, Optional.empty(), Set.of());

        TapeSettings settings() {
            return new TapeSettings(endpoint, batch, diskDays, tokenFile, trustedHosts);
        }
    }
}
