package dev.cartd.store.postgres;

import dev.cartd.store.sql.Dialect;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL URL, parsed as SQLAlchemy, peewee and libpq do: {@code //user:password@host:port/database?name=value}.
 * Everything but the database is optional, there may be several {@code host:port} with commas between them, and user,
 * password and database are percent-encoded. As in JDBC URLs, there may be only the database's name, and user and
 * password may be parameters.
 *
 * @param servers host and port of each server, {@code host:port,host:port}
 * @param name the name of the database
 * @param user the user; empty for the driver's default
 * @param password the password; empty for none
 * @param passed the parameters for the driver
 */
record PostgresUrl(String servers, String name, String user, String password, Map<String, String> passed) {
    /** The driver's parameter for the kind of server to connect to. */
    static final String TARGET = "targetServerType";

    private static final int PORT = 5432;
    private static final Pattern WHOLE = Pattern.compile("(?://([^/?#]*)/?)?([^/?#@]*)(?:\\?([^#@]*))?");
    private static final Pattern AUTHORITY = Pattern.compile("(?:([^:]*)(?::(.*))?@)?([^@]*)");
    private static final Pattern SERVER = Pattern.compile("([A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+])(?::([0-9]{0,5}))?");
    private static final Pattern NO_ESCAPE = Pattern.compile("%(?![0-9A-Fa-f]{2})");

    /** The parameters that are passed to the driver unchanged. */
    private static final Set<String> PASSED =
            Set.of("ssl", "sslmode", "sslrootcert", "sslcert", "sslkey", "currentSchema", "prepareThreshold", TARGET);

    /**
     * libpq's parameter for the kind of server to connect to; its values are translated to those of {@link #TARGET}.
     */
    private static final String SESSION = "target_session_attrs";

    private static final Map<String, String> SESSIONS = Map.of(
            "any", "any",
            "read-write", "primary",
            "primary", "primary",
            "prefer-standby", "preferSecondary");

    private static final Set<String> TAKEN = Set.of("user", "password", SESSION);
    private static final String REFUSED =
            "the PostgreSQL URL is not of the form postgresql://user:password@host:port/database"
                    + " (the characters / ? # @ : and % of a password are written %2F %3F %23 %40 %3A %25)";

    /**
     * Parses the part of a URL after {@code postgresql:}.
     *
     * @throws IllegalArgumentException if it is invalid; the message never contains a part that may be a password
     */
    static PostgresUrl parse(String rest) {
        Matcher whole = WHOLE.matcher(rest);
        if (!whole.matches()) {
            throw new IllegalArgumentException(REFUSED);
        }
        String name = decoded(whole.group(2));
        Map<String, String> parameters = parameters(whole.group(3));
        Matcher parts = AUTHORITY.matcher(whole.group(1) == null ? "" : whole.group(1));
        if (!parts.matches()) {
            throw new IllegalArgumentException(REFUSED);
        }
        if (name.isEmpty()) {
            throw new IllegalArgumentException("the PostgreSQL URL names no database: " + Dialect.FORMS);
        }
        return new PostgresUrl(
                Arrays.stream(parts.group(3).split(",", -1))
                        .map(PostgresUrl::server)
                        .collect(Collectors.joining(",")),
                name,
                decodedOr(parts.group(1), parameters.getOrDefault("user", "")),
                decodedOr(parts.group(2), parameters.getOrDefault("password", "")),
                passed(parameters));
    }

    static boolean takes(String parameter) {
        return PASSED.contains(parameter) || TAKEN.contains(parameter);
    }

    @Override
    public String toString() {
        return "PostgresUrl[" + name + "]";
    }

    private static String server(String text) {
        Matcher parts = SERVER.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(REFUSED);
        }
        String host = parts.group(1).isEmpty() ? "localhost" : parts.group(1);
        return host + ":" + port(parts.group(2) == null ? "" : parts.group(2));
    }

    private static Map<String, String> passed(Map<String, String> parameters) {
        Map<String, String> passed = new LinkedHashMap<>(parameters);
        Optional.ofNullable(parameters.get(SESSION))
                .map(SESSIONS::get)
                .ifPresent(target -> passed.putIfAbsent(TARGET, target));
        passed.keySet().retainAll(PASSED);
        return Map.copyOf(passed);
    }

    private static String decodedOr(@Nullable String encoded, String parameter) {
        return encoded == null ? parameter : decoded(encoded);
    }

    private static int port(String digits) {
        int port = digits.isEmpty() ? PORT : Integer.parseInt(digits);
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("the PostgreSQL URL's port must be from 1 to 65535");
        }
        return port;
    }

    private static Map<String, String> parameters(@Nullable String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String pair : query == null || query.isEmpty() ? new String[0] : query.split("&")) {
            String[] parts = pair.split("=", 2);
            parameters.put(decoded(parts[0]), parts.length < 2 ? "" : decoded(parts[1]));
        }
        return parameters;
    }

    /**
     * Decodes percent escapes. A percent sign that begins no escape, and a plus sign, stand for themselves, as in
     * SQLAlchemy, peewee and libpq.
     */
    private static String decoded(String text) {
        String strict = NO_ESCAPE.matcher(text).replaceAll("%25").replace("+", "%2B");
        return URLDecoder.decode(strict, StandardCharsets.UTF_8);
    }
}
