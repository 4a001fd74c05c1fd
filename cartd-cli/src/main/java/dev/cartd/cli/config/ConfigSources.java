package dev.cartd.cli.config;

import dev.cartd.spi.NamedArchive;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The sources of settings. The value of a key is the one that the command itself sets, else that of the file, else that
 * of the environment, else the default.
 *
 * @param fixed the values that the command itself sets, in the format of the file
 * @param file the configuration file
 * @param environment the environment variables
 */
public record ConfigSources(Map<Key<?>, String> fixed, IniFile file, Map<String, String> environment) {
    private static final String ARCHIVE = "archive ";

    private record Found(String text, String origin) {}

    /**
     * The value of a key.
     *
     * @throws FailedException as {@link #get(Key, Consumer)}
     */
    <T> T get(Key<T> key) {
        return get(key, anything -> {});
    }

    /**
     * The value of a key.
     *
     * @param check throws an {@link IllegalArgumentException} for a value that has the right format but is invalid
     * @throws FailedException if the value is invalid; the message names section, key, value and what is allowed
     */
    <T> T get(Key<T> key, Consumer<T> check) {
        Found found = find(key).orElse(new Found(key.fallback(), "the default"));
        try {
            T value = key.format().reader().apply(found.text.strip());
            check.accept(value);
            return value;
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new FailedException(key.title() + " = " + shown(found.text) + " (" + found.origin
                    + ") cannot be: allowed is " + key.format().allowed());
        }
    }

    /** A line for each key of the file that cartd does not know. */
    List<String> remarks() {
        List<String> remarks = new ArrayList<>();
        for (String section : file.sections()) {
            file.keys(section).stream()
                    .filter(name -> Key.ALL.stream()
                            .noneMatch(key -> key.section().equals(kind(section))
                                    && key.name().equals(name)))
                    .forEach(name -> remarks.add(
                            file.name() + ": [" + section + "] " + name + " is not a key that cartd knows"));
        }
        return remarks;
    }

    /** The section of {@link Key#ALL} that has the keys of this one. */
    private static String kind(String section) {
        return section.startsWith(ARCHIVE) ? Key.ARCHIVE_URL.section() : section;
    }

    /**
     * The names of the archives that have sections of their own.
     *
     * @throws FailedException if an archive cannot have such a name
     */
    List<String> archives() {
        List<String> names = file.sections().stream()
                .filter(section -> section.startsWith(ARCHIVE))
                .map(section -> section.substring(ARCHIVE.length()))
                .toList();
        for (String name : names) {
            if (!NamedArchive.isName(name) || name.equals(Key.ARCHIVE_URL.section())) {
                throw new FailedException(
                        file.name() + ": [" + section(name) + "] cannot be: the name of an archive has"
                                + " 1 to 40 letters, digits, - and _, and is not " + Key.ARCHIVE_URL.section());
            }
        }
        return names;
    }

    /** The section of the archive of this name. */
    static String section(String archive) {
        return ARCHIVE + archive;
    }

    /** A line for each key of Pacifica Cartd that is set and has no effect in cartd. */
    List<String> ignored() {
        return Key.IGNORED.stream()
                .filter(key -> find(key).isPresent())
                .map(key -> key.title() + " is ignored: cartd needs no broker")
                .toList();
    }

    private Optional<Found> find(Key<?> key) {
        return Optional.ofNullable(fixed.get(key))
                .map(text -> new Found(text, "set by the command"))
                .or(() -> file.value(key.section(), key.name()).map(text -> new Found(text, file.name())))
                .or(() -> variable(key));
    }

    /**
     * The value of the key's environment variable. As in Pacifica Cartd, {@code %%} stands for one percent sign. A lone
     * {@code %}, which Pacifica Cartd refuses, stands for itself.
     */
    private Optional<Found> variable(Key<?> key) {
        return Optional.ofNullable(environment.get(key.environment()))
                .filter(text -> !text.isEmpty())
                .map(text -> new Found(text.replace("%%", "%"), "environment variable " + key.environment()));
    }

    /** The value for a message: without line breaks, and without the password of a URL. */
    private static String shown(String text) {
        return text.replaceAll("[\\r\\n]+", " ")
                .replaceAll("(://[^:/@]*):.*@", "$1:***@")
                .replaceAll("(password=)[^&]*", "$1***");
    }
}
