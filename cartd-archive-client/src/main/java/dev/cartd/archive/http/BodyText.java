package dev.cartd.archive.http;

import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import okhttp3.Response;
import okio.BufferedSource;

/** The text of an answer, such as an archive's reason for a failure. */
public final class BodyText {
    private static final long MAX = 64 * 1024;

    private BodyText() {}

    /**
     * The whole body as UTF-8.
     *
     * @param most the most bytes that it may have
     * @throws ArchiveException.Refused if it has more, or is cut off
     */
    public static String whole(Response response, int most) {
        BufferedSource source = response.body().source();
        try {
            for (long arrived = 1;
                    source.request(arrived);
                    arrived = source.getBuffer().size() + 1) {
                if (arrived > most) {
                    throw new ArchiveException.Refused("the archive's answer has more than " + most + " bytes");
                }
                MeteredSockets.nextStep();
            }
        } catch (IOException e) {
            throw ArchiveException.Refused.damaged("the archive's answer was cut off");
        }
        return source.getBuffer().readUtf8();
    }

    /** The first 64 KiB of the body as UTF-8, without what is cut off or does not come in time. */
    public static String of(Response response) {
        BufferedSource source = response.body().source();
        try {
            source.request(MAX);
        } catch (IOException e) {
            // The body was cut off or did not come in time: the part that arrived is used.
        }
        long arrived = Math.min(source.getBuffer().size(), MAX);
        return source.getBuffer().snapshot(Math.toIntExact(arrived)).string(StandardCharsets.UTF_8);
    }
}
