package dev.cartd.archive.s3;

import dev.cartd.archive.http.WebServerContract;
import dev.cartd.spi.Archive;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

class S3ArchiveContractTest extends WebServerContract {
    private final S3Archive archive = open(server.url());

    S3ArchiveContractTest() {
        super("/bucket/");
    }

    private static S3Archive open(URI url) {
        S3Settings settings =
                new S3Settings(Optional.of(url.resolve("/")), "eu-west-1", true, 1, "Standard", Optional.empty());
        Map<String, String> keys = Map.of("AWS_ACCESS_KEY_ID", "a", "AWS_SECRET_ACCESS_KEY", "b");
        return new S3Archive(
                URI.create("s3://bucket/"),
                settings,
                Duration.ofSeconds(20),
                8,
                new S3Keys(Optional.empty(), keys),
                InstantSource.system());
    }

    @Override
    protected Archive archive() {
        return archive;
    }
}
