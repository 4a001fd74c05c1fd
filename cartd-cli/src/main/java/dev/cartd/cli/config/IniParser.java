package dev.cartd.cli.config;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses an INI file line by line, by the rules of Python's ConfigParser in its strict mode: {@code key = value} or
 * {@code key: value}; a line that is indented deeper than its key continues the value; a comment is a line that begins
 * with {@code #} or {@code ;}; no section and no key of a section may occur twice.
 */
final class IniParser {
    private static final Pattern SECTION = Pattern.compile("\\[(.+)].*");
    private static final Pattern SEPARATOR = Pattern.compile("[=:]");

    private final String file;
    private final Map<String, Map<String, StringBuilder>> sections = new LinkedHashMap<>();
    private final Set<String> seen = new HashSet<>();

    private int number;
    private int indent;
    private String section = "";
    private StringBuilder value = new StringBuilder();
    private boolean inValue;

    IniParser(String file) {
        this.file = file;
    }

    void line(String line) {
        number++;
        String text = line.strip();
        if (text.startsWith("#") || text.startsWith(";")) {
            return;
        }
        int depth = line.indexOf(text);
        if (inValue && (text.isEmpty() || depth > indent)) {
            value.append('\n').append(text);
        } else if (!text.isEmpty()) {
            indent = depth;
            header(text);
        }
    }

    /** The sections with their keys and values, in the order of the file. */
    Map<String, Map<String, String>> finish() {
        Map<String, Map<String, String>> result = new LinkedHashMap<>();
        sections.forEach((name, keys) -> {
            Map<String, String> values = new LinkedHashMap<>();
            keys.forEach((key, text) -> values.put(key, text.toString().stripTrailing()));
            result.put(name, values);
        });
        return result;
    }

    private void header(String text) {
        Matcher opening = SECTION.matcher(text);
        if (opening.matches()) {
            open(opening.group(1));
        } else if (section.isEmpty()) {
            throw refused("a key before the first [section]");
        } else {
            key(text);
        }
    }

    private void open(String name) {
        // ConfigParser accepts [DEFAULT] more than once.
        if (sections.containsKey(name) && !name.equals(IniFile.DEFAULT)) {
            throw refused("section [" + name + "] is there twice");
        }
        section = name;
        inValue = false;
        sections.computeIfAbsent(name, any -> new LinkedHashMap<>());
    }

    private void key(String text) {
        String[] parts = SEPARATOR.split(text, 2);
        String key = parts[0].stripTrailing().toLowerCase(Locale.ROOT);
        if (parts.length < 2 || key.isEmpty()) {
            throw refused("neither a [section] nor key = value");
        }
        if (!seen.add(section + "\n" + key)) {
            throw refused("key " + key + " is there twice in [" + section + "]");
        }
        value = new StringBuilder(parts[1].stripLeading());
        inValue = true;
        sections.getOrDefault(section, new LinkedHashMap<>()).put(key, value);
    }

    private FailedException refused(String why) {
        return new FailedException(file + " line " + number + ": " + why);
    }
}
