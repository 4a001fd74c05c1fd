package dev.cartd.archive.tape;

import dev.cartd.cart.FailureText;
import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import okhttp3.Request;

/**
 * The token that the archive knows cartd by. Its file is read for each request, since tokens are replaced every few
 * hours. No message contains it.
 *
 * @param file the file that has it; empty for none
 */
record Token(Optional<Path> file) {
    private static final int MAX = 64 << 10;
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

    /**
     * The request with the token, as it is now.
     *
     * @throws ArchiveException.Unreachable if there is none in the file
     */
    Request on(Request.Builder request) {
        file.ifPresent(path -> request.header("Authorization", "Bearer " + read(path)));
        return request.build();
    }

    private static String read(Path path) {
        String text;
        try (InputStream in = Files.newInputStream(path)) {
            text = new String(in.readNBytes(MAX), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new ArchiveException.Unreachable("token_file cannot be read: " + FailureText.of(e));
        }
        if (!FORM.matcher(text).matches()) {
            throw new ArchiveException.Unreachable("token_file " + path + " has no token, or not only one");
        }
        return text;
    }
}
