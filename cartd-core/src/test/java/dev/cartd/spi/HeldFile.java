package dev.cartd.spi;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What an {@link ArchiveInterface} holds under one id.
 *
 * @param mtime the value of Last-Modified, as it is
 * @param medium the word for its storage medium, as it is
 * @param recall how long a recall from tape takes; zero if it was never put there
 * @param back when its recall is through, once it was asked for
 * @param refusal why each request for it is answered 500, if it is
 */
record HeldFile(
        Content content,
        String mtime,
        String medium,
        Duration recall,
        Optional<Instant> back,
        Optional<String> refusal) {

    /** Bytes that can be read from any of them on. */
    interface Content {
        long size() throws IOException;

        InputStream from(long offset) throws IOException;
    }

    static HeldFile onDisk(Content content, String mtime) {
        return new HeldFile(content, mtime, "disk", Duration.ZERO, Optional.empty(), Optional.empty());
    }

    HeldFile onTape(Duration time) {
        return new HeldFile(content, mtime, "tape", time, Optional.empty(), refusal);
    }

    HeldFile on(String word) {
        return new HeldFile(content, mtime, word, Duration.ZERO, Optional.empty(), refusal);
    }

    HeldFile refused(String reason) {
        return new HeldFile(content, mtime, medium, recall, back, Optional.of(reason));
    }

    /** This file after a request to stage it. */
    HeldFile asked(Instant now) {
        return medium.equals("tape") && back.isEmpty()
                ? new HeldFile(content, mtime, medium, recall, Optional.of(now.plus(recall)), refusal)
                : this;
    }

    String mediumAt(Instant now) {
        return back.filter(at -> !at.isAfter(now)).map(at -> "disk").orElse(medium);
    }

    static Content bytes(byte[] bytes) {
        return new Content() {
            @Override
            public long size() {
                return bytes.length;
            }

            @Override
            public InputStream from(long offset) {
                return new ByteArrayInputStream(bytes, Math.toIntExact(offset), bytes.length);
            }
        };
    }

    static Content file(Path file) {
        return new Content() {
            @Override
            public long size() throws IOException {
                return Files.size(file);
            }

            @Override
            public InputStream from(long offset) throws IOException {
                InputStream in = Files.newInputStream(file);
                in.skipNBytes(offset);
                return in;
            }
        };
    }
}
