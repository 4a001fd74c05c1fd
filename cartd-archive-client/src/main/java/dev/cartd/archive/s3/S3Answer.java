package dev.cartd.archive.s3;

import dev.cartd.archive.http.BodyText;
import dev.cartd.archive.http.FileHeaders;
import dev.cartd.archive.http.OneLine;
import dev.cartd.spi.Archive.Found;
import dev.cartd.spi.Archive.Medium;
import dev.cartd.spi.ArchiveException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.Response;

/** Reads the answers of an object store, which may be anything. */
final class S3Answer {
    private static final String SIZE = "Content-Length";
    private static final String MTIME = "Last-Modified";

    /** The classes whose objects have to be restored before they can be read. */
    private static final List<String> ON_TAPE = List.of("GLACIER", "DEEP_ARCHIVE");

    private static final Pattern ONGOING = Pattern.compile("ongoing-request=\"(true|false)\"");
    private static final Pattern EXPIRY = Pattern.compile("expiry-date=\"([^\"]{1,50})\"");
    private static final Pattern CODE = Pattern.compile("<Code>([^<]{1,100})</Code>");
    private static final Pattern MESSAGE = Pattern.compile("<Message>([^<]{1,300})</Message>");

    private S3Answer() {}

    /**
     * What the answer to HEAD says of a file; empty if the store refuses the request, since such an answer has no
     * reason.
     *
     * @throws ArchiveException if the answer makes no sense, or is not the store's own
     */
    static Optional<Found> found(Response response, Instant now) {
        if (response.code() >= 400 && response.code() < 500 && response.code() != 429) {
            return Optional.empty();
        }
        if (response.code() != 200) {
            throw failure(response);
        }
        FileHeaders headers = headers(response);
        return Optional.of(new Found(headers.size(SIZE), headers.date(MTIME), medium(response, now)));
    }

    /** Requires that the store restores the file, or that there is nothing to restore. */
    static void requireRestore(Response response) {
        if (response.code() == 200 || response.code() == 202) {
            return;
        }
        String body = BodyText.of(response);
        String code = first(CODE, body).orElse("");
        // Under way already; or it is not on tape, which some stores say of a file that they restored.
        boolean isDone = code.equals("RestoreAlreadyInProgress") || code.equals("InvalidObjectState");
        if (!isDone) {
            throw failure(response, code, body);
        }
    }

    /** Requires the answer to be the bytes of a file of this size from {@code from} on. */
    static void requireContent(Response response, long from, long size) {
        if (response.code() != (from == 0 ? 200 : 206)) {
            throw failure(response);
        }
        if (from > 0) {
            headers(response).requireRange(from, size);
        }
    }

    private static FileHeaders headers(Response response) {
        return new FileHeaders("the archive", response.headers());
    }

    private static Medium medium(Response response, Instant now) {
        String storageClass = header(response, "x-amz-storage-class");
        boolean isTape = ON_TAPE.contains(storageClass)
                || !header(response, "x-amz-archive-status").isEmpty();
        String restore = header(response, "x-amz-restore");
        if (restore.isEmpty()) {
            return isTape ? Medium.TAPE : Medium.DISK;
        }
        boolean isOver = first(ONGOING, restore).filter("false"::equals).isPresent();
        // Without a date nothing was restored; after that date the file is on tape again.
        return isOver
                        && first(EXPIRY, restore)
                                .flatMap(S3Answer::date)
                                .filter(now::isBefore)
                                .isPresent()
                ? Medium.DISK
                : Medium.TAPE;
    }

    private static Optional<Instant> date(String text) {
        try {
            return Optional.of(ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static String header(Response response, String name) {
        return headers(response).text(name).orElse("");
    }

    /** The exception for an answer that is none of success. */
    static ArchiveException failure(Response response) {
        String body = BodyText.of(response);
        return failure(response, first(CODE, body).orElse(""), body);
    }

    private static ArchiveException failure(Response response, String code, String body) {
        String answer = "the archive answers " + response.code() + ": "
                + (code.isEmpty()
                        ? response.message()
                        : code + first(MESSAGE, body).map(text -> ": " + text).orElse(""));
        return switch (code) {
            case "NoSuchKey" -> new ArchiveException.Missing();
            case "SlowDown", "RequestLimitExceeded", "TooManyRequests" -> busy(answer);
            case "RequestTimeTooSkewed" ->
                new ArchiveException.Unreachable(
                        OneLine.of("the clock of this machine or that of the archive is wrong: " + answer));
            case "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken" ->
                new ArchiveException.Unreachable(OneLine.of("the keys for signing are not right: " + answer));
            case "NoSuchBucket" ->
                new ArchiveException.Unreachable(OneLine.of("the bucket in the archive's URL is not there: " + answer));
            case "AuthorizationHeaderMalformed", "PermanentRedirect", "IllegalLocationConstraintException" ->
                new ArchiveException.Unreachable(OneLine.of("s3_region or s3_endpoint is not right: " + answer));
            default -> byStatus(response.code(), code, answer);
        };
    }

    private static ArchiveException byStatus(int status, String code, String answer) {
        return switch (status) {
            case 404, 410 ->
                code.isEmpty() ? new ArchiveException.Missing() : new ArchiveException.Refused(OneLine.of(answer));
            case 429 -> busy(answer);
            case 301, 307 ->
                new ArchiveException.Unreachable(OneLine.of("s3_region or s3_endpoint is not right: " + answer));
            case 502, 503, 504 -> new ArchiveException.Unreachable(OneLine.of(answer));
            default -> new ArchiveException.Refused(OneLine.of(answer));
        };
    }

    private static ArchiveException busy(String answer) {
        return ArchiveException.Unreachable.midway(OneLine.of(answer));
    }

    private static Optional<String> first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
