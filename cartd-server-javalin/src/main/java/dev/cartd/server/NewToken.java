package dev.cartd.server;

import dev.cartd.server.access.Token;
import dev.cartd.server.connection.SmallFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A new bearer token. Its text is a secret: whoever sends it is let in. Immutable. */
public final class NewToken {
    private final String name;
    private final String text;

    private NewToken(String name, String text) {
        this.name = name;
        this.text = text;
    }

    /**
     * Makes a token of 256 random bits.
     *
     * @param name what logs call its holder
     * @throws IllegalArgumentException if no token can have this name; the message says what is allowed
     */
    public static NewToken of(String name) {
        if (!Token.isName(name)) {
            throw new IllegalArgumentException("the name of a token must be " + Token.ALLOWED_NAME);
        }
        return new NewToken(name, Token.random());
    }

    /** The name. */
    public String name() {
        return name;
    }

    /** What its holder sends: {@code Authorization: Bearer TEXT}. Nobody can get it from the line. */
    public String text() {
        return text;
    }

    /** The line for the server's file of tokens: the name and the hash of the text. */
    public String line() {
        return Token.line(name, text);
    }

    /**
     * The lines of a file of tokens.
     *
     * @throws IOException if it cannot be read; it has the path
     */
    public static List<String> lines(Path file) throws IOException {
        return SmallFile.text(file).lines().toList();
    }

    /** Whether a line of a file of tokens lets somebody in. */
    public static boolean isToken(String line) {
        return !Token.isComment(line) && problem(line).isEmpty();
    }

    /** Why a line of a file of tokens is wrong, without showing it; empty for a token and for a comment. */
    public static Optional<String> problem(String line) {
        return Token.isComment(line) ? Optional.empty() : Token.problem(line);
    }

    /** The name only. */
    @Override
    public String toString() {
        return "the token of " + name;
    }
}
