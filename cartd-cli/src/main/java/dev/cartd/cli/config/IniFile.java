package dev.cartd.cli.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An INI file as Python's ConfigParser reads it: its sections, their keys in lower case, and the values with
 * {@code %(name)s} and {@code %%} resolved. Immutable.
 */
public final class IniFile {
    /** The section whose keys count for every section that does not have them. */
    static final String DEFAULT = "DEFAULT";

    private static final Pattern PERCENT = Pattern.compile("%(?:%|\\(([^)]{1,1000}+)\\)s)?");
    private static final int MAX_DEPTH = 10;

    /** The most references that one value is resolved by: ten levels of a few each would take years otherwise. */
    private static final int MAX_REFERENCES = 1000;

    private final String name;
    private final String origin;
    private final Map<String, Map<String, String>> sections;

    private IniFile(String name, String origin, Map<String, Map<String, String>> sections) {
        this.name = name;
        this.origin = origin;
        this.sections = sections;
    }

    /**
     * Reads a file. A file that does not exist counts as empty.
     *
     * @throws FailedException if it cannot be read or is not an INI file
     */
    public static IniFile read(Path file) {
        if (Files.notExists(file)) {
            return new IniFile(file.toString(), "none, " + file + " is not there", Map.of());
        }
        try {
            return parse(file.toString(), Files.readString(file, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new FailedException("cannot read " + file, e);
        }
    }

    /** Parses a text; messages call it {@code name}. */
    static IniFile parse(String name, String text) {
        IniParser parser = new IniParser(name);
        text.lines().forEach(parser::line);
        return new IniFile(name, name, parser.finish());
    }

    /** The name of the file in messages. */
    String name() {
        return name;
    }

    /** The name of the file, or that it does not exist; for people. */
    String origin() {
        return origin;
    }

    /** The sections except {@link #DEFAULT}. */
    Set<String> sections() {
        Set<String> names = new LinkedHashSet<>(sections.keySet());
        names.remove(DEFAULT);
        return names;
    }

    /** The keys of this section, without those of {@link #DEFAULT}. */
    Set<String> keys(String section) {
        return sections.getOrDefault(section, Map.of()).keySet();
    }

    /**
     * The value of a key in a section, or else in {@link #DEFAULT}.
     *
     * @throws FailedException if the value refers to a key that is not set, to itself or too often, or has a lone
     *     percent sign
     */
    Optional<String> value(String section, String key) {
        return raw(section, key).map(text -> resolve(text, section, key, 0, new AtomicInteger(MAX_REFERENCES)));
    }

    private Optional<String> raw(String section, String key) {
        return Optional.ofNullable(sections.getOrDefault(section, Map.of()).get(key))
                .or(() -> Optional.ofNullable(
                        sections.getOrDefault(DEFAULT, Map.of()).get(key)));
    }

    private String resolve(String text, String section, String key, int depth, AtomicInteger left) {
        if (depth > MAX_DEPTH) {
            throw refused(section, key, "refers to itself");
        }
        return PERCENT.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(
                        replacement(found.group(), found.group(1), section, key, depth, left)));
    }

    private String replacement(
            String found, @Nullable String other, String section, String key, int depth, AtomicInteger left) {
        if (other != null) {
            if (left.getAndDecrement() == 0) {
                throw refused(section, key, "refers to more than " + MAX_REFERENCES + " values");
            }
            String target = other.toLowerCase(Locale.ROOT);
            String text = raw(section, target)
                    .orElseThrow(() -> refused(section, key, "refers to " + other + ", which is not set"));
            return resolve(text, section, key, depth + 1, left);
        }
        if (found.equals("%")) {
            throw refused(section, key, "has a lone %: a percent sign is written %%");
        }
        return "%";
    }

    private FailedException refused(String section, String key, String why) {
        return new FailedException(name + ": [" + section + "] " + key + " " + why);
    }
}
