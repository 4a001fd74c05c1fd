package dev.cartd.archive.s3;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The settings of an object store besides its bucket.
 *
 * @param endpoint where the store is; empty for Amazon's in this region
 * @param region the region that requests are signed for
 * @param pathStyle whether the bucket is in the path of a URL rather than in the name of the host
 * @param restoreDays for how many days a file stays on disk that was brought from tape; 1 or more
 * @param restoreTier how fast a file is brought from tape: {@code Standard}, {@code Bulk} or {@code Expedited}
 * @param credentialsFile a file with the keys, in the form of {@code ~/.aws/credentials}; empty to look for them where
 *     other programs do
 */
public record S3Settings(
        Optional<URI> endpoint,
        String region,
        boolean pathStyle,
        int restoreDays,
        String restoreTier,
        Optional<Path> credentialsFile) {
    URI endpointOrAmazon() {
        return endpoint.orElseGet(() -> URI.create("https://s3." + region + ".amazonaws.com/"));
    }
}
