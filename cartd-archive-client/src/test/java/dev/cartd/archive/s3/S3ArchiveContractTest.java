package dev.cartd.archive.s3;

import dev.cartd.archive.http.WebServer;
import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveContract;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

class S3ArchiveContractTest extends ArchiveContract {
    private final WebServer server = new WebServer("/bucket/");
    private final S3Archive archive = open(server.url());

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

    @AfterEach
    void close() {
        archive.close();
        server.close();
    }

    @Override
    protected Archive archive() {
        return archive;
    }

    @Override
    protected void put(String id, byte[] content, long mtime) {
        server.put(id, content, mtime);
    }

    @Override
    protected boolean stall(String id) {
        server.stall(id);
        return true;
    }

    @Override
    protected boolean cut(String id) {
        server.cut(id);
        return true;
    }
}
