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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An INI file, with the meaning that Python's ConfigParser gives it: what it holds of sections and keys (in lower
 * case), and their values with {@code %(name)s} and {@code %%} resolved. Immutable.
 */
public final class IniFile {
    /** The section whose keys every other section has too. */
    static final String DEFAULT = "DEFAULT";

    private static final Pattern PERCENT = Pattern.compile("%(?:%|\\(([^)]{1,1000}+)\\)s)?");
    private static final int MAX_DEPTH = 10;

    private final String name;
    private final String origin;
    private final Map<String, Map<String, String>> sections;

    private IniFile(String name, String origin, Map<String, Map<String, String>> sections) {
        this.name = name;
        this.origin = origin;
        this.sections = sections;
    }

    /**
     * Reads a file; one that is not there is like an empty one.
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

    /** Reads a text; {@code name} stands for it in messages. */
    static IniFile parse(String name, String text) {
        IniParser parser = new IniParser(name);
        text.lines().forEach(parser::line);
        return new IniFile(name, name, parser.finish());
    }

    /** What stands for the file in messages. */
    String name() {
        return name;
    }

    /** Where settings are from, for people. */
    String origin() {
        return origin;
    }

    /** The sections that it has, {@link #DEFAULT} left out. */
    Set<String> sections() {
        Set<String> names = new LinkedHashSet<>(sections.keySet());
        names.remove(DEFAULT);
        return names;
    }

    /** The keys that stand in this very section. */
    Set<String> keys(String section) {
        return sections.getOrDefault(section, Map.of()).keySet();
    }

    /**
     * The value of a key in a section, or else in {@link #DEFAULT}.
     *
     * @throws FailedException if it names a key that is not there, or has a percent sign that means nothing
     */
    Optional<String> value(String section, String key) {
        return raw(section, key).map(text -> resolve(text, section, key, 0));
    }

    private Optional<String> raw(String section, String key) {
        return Optional.ofNullable(sections.getOrDefault(section, Map.of()).get(key))
                .or(() -> Optional.ofNullable(
                        sections.getOrDefault(DEFAULT, Map.of()).get(key)));
    }

    private String resolve(String text, String section, String key, int depth) {
        if (depth > MAX_DEPTH) {
            throw refused(section, key, "refers to itself");
        }
        return PERCENT.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(one(found.group(), found.group(1), section, key, depth)));
    }

    private String one(String found, @Nullable String other, String section, String key, int depth) {
        if (other != null) {
            String target = other.toLowerCase(Locale.ROOT);
            String text = raw(section, target)
                    .orElseThrow(() -> refused(section, key, "refers to " + other + ", which is not set"));
            return resolve(text, section, key, depth + 1);
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
