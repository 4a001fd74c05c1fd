package dev.cartd.archive;

import dev.cartd.archive.s3.S3Settings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The settings of an archive besides its URL. Each kind of archive checks those that it uses.
 *
 * @param timeout how long a request waits for the next byte: the archive has to see to that itself; from a millisecond
 *     to a day
 * @param maxRequests the most requests that cartd sends at once, from which an archive can derive how many connections
 *     it keeps: it need not count requests itself; 1 or more
 * @param commandBatch the most files that one run of an archive's program is for; 1 or more
 * @param s3 the settings of an object store
 */
public record ArchiveSettings(Duration timeout, int maxRequests, int commandBatch, S3 s3) {
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

        S3Settings forRoom() {
            return new S3Settings(endpoint, region, pathStyle, restoreDays, restoreTier, credentialsFile);
        }
    }
}
