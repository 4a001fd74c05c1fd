package dev.cartd.cli.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The settings of a CherryPy configuration file, as Pacifica Cartd's server reads it, that have an effect. A setting is
 * empty if the file does not have it.
 *
 * @param host the address to listen on
 * @param port the port to listen on
 * @param threads how many threads serve requests
 * @param maxBody the longest body in bytes
 * @param screen whether the log goes to standard error
 * @param accessLog the file for the access log
 * @param errorLog the file for the log
 * @param remarks a line for each key without an effect
 */
public record CherryPyFile(
        Optional<String> host,
        Optional<Integer> port,
        Optional<Integer> threads,
        Optional<Long> maxBody,
        Optional<Boolean> screen,
        Optional<Path> accessLog,
        Optional<Path> errorLog,
        List<String> remarks) {
    static final String GLOBAL = "global";
    static final String HOST = "server.socket_host";
    static final String PORT = "server.socket_port";
    static final String THREADS = "server.thread_pool";
    static final String MAX_BODY = "server.max_request_body_size";
    static final String SCREEN = "log.screen";
    static final String ACCESS_LOG = "log.access_file";
    static final String ERROR_LOG = "log.error_file";
    static final Set<String> HONOURED = Set.of(HOST, PORT, THREADS, MAX_BODY, SCREEN, ACCESS_LOG, ERROR_LOG);

    /** A file without settings. */
    public static final CherryPyFile NONE = of(IniFile.parse("", ""));

    /**
     * Reads the keys that have an effect.
     *
     * @throws FailedException if one of them has an invalid value
     */
    public static CherryPyFile of(IniFile file) {
        return new CherryPyFile(
                string(file, HOST),
                number(file, PORT, 0, 65_535).map(Long::intValue),
                number(file, THREADS, 1, 10_000).map(Long::intValue),
                number(file, MAX_BODY, 0, Integer.MAX_VALUE).filter(size -> size > 0),
                literal(file, SCREEN, Boolean.class, "True or False"),
                path(file, ACCESS_LOG),
                path(file, ERROR_LOG),
                ignored(file));
    }

    private static Optional<Long> number(IniFile file, String key, long min, long max) {
        String allowed = "a whole number from " + min + " to " + max;
        Optional<Long> number = literal(file, key, Long.class, allowed);
        if (number.isPresent() && (number.get() < min || number.get() > max)) {
            throw refused(file, key, number.get().toString(), allowed);
        }
        return number;
    }

    private static Optional<Path> path(IniFile file, String key) {
        return string(file, key).map(name -> {
            try {
                return Path.of(name).toAbsolutePath().normalize();
            } catch (InvalidPathException e) {
                throw refused(file, key, name, "the path of a file");
            }
        });
    }

    private static Optional<String> string(IniFile file, String key) {
        return literal(file, key, String.class, "a string in quotes").filter(text -> !text.isEmpty());
    }

    private static <T> Optional<T> literal(IniFile file, String key, Class<T> type, String allowed) {
        Optional<String> text = file.value(GLOBAL, key).map(String::strip);
        try {
            return text.flatMap(PythonLiteral::read).map(type::cast);
        } catch (IllegalArgumentException | ClassCastException e) {
            throw refused(file, key, text.orElse(""), allowed);
        }
    }

    private static FailedException refused(IniFile file, String key, String value, String allowed) {
        return new FailedException("[" + GLOBAL + "] " + key + " = " + value.replaceAll("[\\r\\n]+", " ") + " ("
                + file.name() + ") cannot be: allowed is " + allowed);
    }

    private static List<String> ignored(IniFile file) {
        List<String> remarks = new ArrayList<>();
        for (String section : file.sections()) {
            file.keys(section).stream()
                    .filter(key -> !(section.equals(GLOBAL) && HONOURED.contains(key)))
                    .forEach(key -> remarks.add(file.name() + ": [" + section + "] " + key + " is ignored"));
        }
        return remarks;
    }
}
