package dev.cartd.cli.command;

import dev.cartd.cli.config.FailedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The option of commands that send a token to a server. The token itself is never an argument, which others on the
 * machine can see.
 */
public final class TokenOption {
    private static final String VARIABLE = "CARTD_TOKEN";
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/=-]{1,4096}");
    private static final int MOST_BYTES = 8192;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "a file with the token that the server wants ($" + VARIABLE + ")")
    private @Nullable Path file;

    /** Whether the file was given. */
    public boolean isGiven() {
        return file != null;
    }

    /**
     * The token of the file, else of the environment.
     *
     * @throws FailedException if what is there is no token; the message does not show it
     */
    public Optional<String> token(CommandContext context) {
        return Optional.ofNullable(file)
                .map(TokenOption::read)
                .or(() -> context.variable(VARIABLE)
                        .filter(text -> !text.isBlank())
                        .map(text -> token(text, "the environment variable " + VARIABLE)));
    }

    private static String read(Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            return token(new String(in.readNBytes(MOST_BYTES), StandardCharsets.ISO_8859_1), path.toString());
        } catch (IOException e) {
            throw new FailedException("cannot read the token", e);
        }
    }

    private static String token(String text, String place) {
        String token = text.strip();
        if (!TOKEN.matcher(token).matches()) {
            throw new FailedException(
                    place + " has no token: a token is one word of letters, digits and . _ ~ + / = -");
        }
        return token;
    }
}
