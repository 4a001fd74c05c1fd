package dev.cartd.archive.tape;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * The settings of an archive with the Tape REST API.
 *
 * @param endpoint the URL of the API; empty to ask the server
 * @param batch the most files in one request; 1 or more
 * @param diskDays for how many days a file stays on disk that was brought from tape; 1 or more
 * @param tokenFile a file with the token; empty for none
 * @param trustedHosts other hosts that get the token and may have the files
 */
public record TapeSettings(
        Optional<URI> endpoint, int batch, int diskDays, Optional<Path> tokenFile, Set<String> trustedHosts) {
    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one of them is less than 1
     */
    public TapeSettings {
        if (batch < 1 || diskDays < 1) {
            throw new IllegalArgumentException("files and days of an archive on tape must be 1 or more");
        }
    }
}
