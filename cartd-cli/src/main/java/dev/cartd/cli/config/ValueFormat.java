package dev.cartd.cli.config;

import dev.cartd.cart.TimeSpan;
import dev.cartd.system.Network;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.TypeConversionException;

/**
 * The format of the values of one kind.
 *
 * @param allowed the valid values, in words that follow "allowed is"
 * @param reader parses a text; throws an {@link IllegalArgumentException} for an invalid one
 */
public record ValueFormat<T>(String allowed, Function<String, T> reader) {
    private static final Pattern QUANTITY = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?)\\s*([A-Za-z]*)");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_.:-]{1,253}");
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9-]{1,64}");
    private static final String NOT_IN_A_URI = " \"<>^`{|}";
    private static final int MAX_PORT = 65_535;
    private static final Duration CENTURY = Duration.ofDays(100 * 365);

    private static final Map<String, Long> SIZES = Map.ofEntries(
            Map.entry("", 1L),
            Map.entry("B", 1L),
            Map.entry("KB", 1_000L),
            Map.entry("MB", 1_000_000L),
            Map.entry("GB", 1_000_000_000L),
            Map.entry("TB", 1_000_000_000_000L),
            Map.entry("b", 1L),
            Map.entry("Kb", 1L << 10),
            Map.entry("Mb", 1L << 20),
            Map.entry("Gb", 1L << 30),
            Map.entry("Tb", 1L << 40));

    private static final Map<String, Boolean> BOOLEANS = Map.of(
            "1", true, "yes", true, "true", true, "on", true, "0", false, "no", false, "false", false, "off", false);

    /** 1, yes, true, on, or 0, no, false, off, in any case. */
    static ValueFormat<Boolean> yesOrNo() {
        return new ValueFormat<>(
                "1, yes, true, on or 0, no, false, off", text -> known(BOOLEANS, text.toLowerCase(Locale.ROOT)));
    }

    /** A whole number from {@code min} to {@code max}. */
    static ValueFormat<Integer> count(int min, int max) {
        return new ValueFormat<>(
                "a whole number from " + min + " to " + max, text -> within(min, max, Integer.parseInt(text)));
    }

    /** A size in bytes from {@code min} to {@code max}. */
    public static ValueFormat<Long> size(long min, long max) {
        return new ValueFormat<>(
                "a size such as 4 Mb: a number and B, KB, MB, GB, TB (powers of 1000) or b, Kb, Mb, Gb, Tb (of 1024),"
                        + " from " + min + " to " + max + " bytes",
                text -> within(
                        min,
                        max,
                        quantity(text, SIZES).setScale(0, RoundingMode.DOWN).longValueExact()));
    }

    /** A length of time, at least {@code min}, at most a hundred years. */
    public static ValueFormat<Duration> duration(Duration min) {
        return new ValueFormat<>(
                TimeSpan.ALLOWED + "; at least " + shown(min), text -> within(min, CENTURY, TimeSpan.of(text)));
    }

    /** A length of time from {@code min} to {@code max}. */
    static ValueFormat<Duration> duration(Duration min, Duration max) {
        return new ValueFormat<>(
                TimeSpan.ALLOWED + "; from " + shown(min) + " to " + shown(max),
                text -> within(min, max, TimeSpan.of(text)));
    }

    /** A percentage from 1 to 100. */
    static ValueFormat<Integer> percent() {
        return count(1, 100);
    }

    /** A value of this format, or {@code none}. */
    static <T> ValueFormat<Optional<T>> orNone(ValueFormat<T> format) {
        return new ValueFormat<>(
                "none or " + format.allowed,
                text -> text.equalsIgnoreCase("none") ? Optional.empty() : Optional.of(format.reader.apply(text)));
    }

    /** One of these words. */
    static ValueFormat<String> oneOf(String... words) {
        return new ValueFormat<>(String.join(" or ", words), text -> {
            if (!List.of(words).contains(text)) {
                throw new IllegalArgumentException();
            }
            return text;
        });
    }

    /** A path of this system, made absolute. */
    static ValueFormat<Path> path() {
        return new ValueFormat<>(
                "the path of a directory or file",
                text -> Path.of(notEmpty(text)).toAbsolutePath().normalize());
    }

    /** A word of letters, digits and hyphens. */
    static ValueFormat<String> word() {
        return new ValueFormat<>("a word of letters, digits and hyphens", text -> {
            if (!WORD.matcher(text).matches()) {
                throw new IllegalArgumentException();
            }
            return text;
        });
    }

    /** The URL of a web server, without user, password, query and fragment. */
    static ValueFormat<URI> webServer() {
        return new ValueFormat<>("http://host:port/ or https://host:port/", text -> {
            URI url = URI.create(text);
            if (!isOfWeb(url) || url.getRawQuery() != null) {
                throw new IllegalArgumentException();
            }
            return url;
        });
    }

    /** A URL of the web, without user, password and fragment. */
    static ValueFormat<URI> webUrl() {
        return new ValueFormat<>("https://host/path or http://host/path", text -> {
            URI url = URI.create(text);
            if (!isOfWeb(url)) {
                throw new IllegalArgumentException();
            }
            return url;
        });
    }

    private static boolean isOfWeb(URI url) {
        return url.getHost() != null
                && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
                && (url.getPort() == -1 || (url.getPort() > 0 && url.getPort() <= MAX_PORT))
                && url.getRawUserInfo() == null
                && url.getRawFragment() == null;
    }

    /** Names or addresses of hosts, without ports, separated by spaces or commas; none at all too. */
    static ValueFormat<Set<String>> hosts() {
        return new ValueFormat<>("names of hosts, separated by spaces", text -> {
            Set<String> hosts = Pattern.compile("[\\s,]+")
                    .splitAsStream(text)
                    .filter(host -> !host.isEmpty())
                    .collect(Collectors.toUnmodifiableSet());
            if (!hosts.stream().allMatch(host -> HOST.matcher(host).matches())) {
                throw new IllegalArgumentException();
            }
            return hosts;
        });
    }

    /** Internet addresses and networks, separated by spaces or commas. */
    static ValueFormat<List<Network>> networks() {
        return new ValueFormat<>(
                "addresses and networks such as 192.0.2.7, 10.0.0.0/8 or fd00::/8, separated by spaces",
                text -> Pattern.compile("[\\s,]+")
                        .splitAsStream(text)
                        .filter(network -> !network.isEmpty())
                        .map(Network::of)
                        .toList());
    }

    /** The networks of proxies: empty if it is not known which proxies there are, an empty list if there are none. */
    static ValueFormat<Optional<List<Network>>> proxies() {
        ValueFormat<List<Network>> networks = networks();
        return new ValueFormat<>(
                "none or " + networks.allowed,
                text -> text.equalsIgnoreCase("none")
                        ? Optional.of(List.of())
                        : Optional.of(networks.reader.apply(text)).filter(found -> !found.isEmpty()));
    }

    /** Any text. */
    static ValueFormat<String> text() {
        return new ValueFormat<>("any text", text -> text);
    }

    /**
     * The URL of an archive; a slash at its end is added. Whether an archive can have it, the archive client checks.
     */
    static ValueFormat<URI> archive() {
        return new ValueFormat<>(
                "http://host:port/, https://host:port/, dav+http(s)://host:port/, tape+https://host:port/,"
                        + " s3://bucket/prefix, file:///directory or command:///program, without query or fragment",
                text -> URI.create(encoded(text.endsWith("/") ? text : text + "/")));
    }

    /** Encodes the characters that a URI must not have and that a browser encodes by itself. */
    private static String encoded(String url) {
        StringBuilder encoded = new StringBuilder();
        for (int i = 0; i < url.length(); i++) {
            char c = url.charAt(i);
            boolean escape = c != '%' || (isHex(url, i + 1) && isHex(url, i + 2));
            boolean zone = c == '%' && url.lastIndexOf('[', i) >= 0 && url.indexOf(']', i) >= 0;
            if (NOT_IN_A_URI.indexOf(c) >= 0 || !(escape || zone)) {
                encoded.append(String.format(Locale.ROOT, "%%%02X", (int) c));
            } else {
                encoded.append(c);
            }
        }
        return encoded.toString();
    }

    private static boolean isHex(String text, int at) {
        return at < text.length() && Character.digit(text.charAt(at), 16) >= 0;
    }

    /**
     * Parses the value of an option on the command line.
     *
     * @throws TypeConversionException if the value is invalid; the message says what is allowed
     */
    public T ofOption(String text) {
        try {
            return reader.apply(text.strip());
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new TypeConversionException("'" + text + "' cannot be: allowed is " + allowed);
        }
    }

    private static String shown(Duration duration) {
        return BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros().toPlainString() + " s";
    }

    private static BigDecimal quantity(String text, Map<String, Long> units) {
        Matcher matcher = QUANTITY.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException();
        }
        return new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(known(units, matcher.group(2))));
    }

    private static <T> T known(Map<String, T> words, String word) {
        T value = words.get(word);
        if (value == null) {
            throw new IllegalArgumentException();
        }
        return value;
    }

    private static <T extends Comparable<T>> T within(T min, T max, T value) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException();
        }
        return value;
    }

    private static String notEmpty(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException();
        }
        return text;
    }
}
