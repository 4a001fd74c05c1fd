package dev.cartd.cli.get;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which names of files the system takes for something else. */
final class NativeNames {
    private static final Pattern DEVICE =
            Pattern.compile("(con|prn|aux|nul|conin\\$|conout\\$|(com|lpt)[0-9¹²³])\\s*(\\..*)?");
    private static final String FORBIDDEN = "<>:\"/\\|?*";

    private NativeNames() {}

    /**
     * Why a name cannot be that of a file, in words for people; empty if it can.
     *
     * @param separator what the system writes between names
     */
    static Optional<String> problem(String name, String separator) {
        if (!separator.equals("\\")) {
            return Optional.empty();
        }
        if (name.chars().anyMatch(c -> FORBIDDEN.indexOf(c) >= 0)) {
            return Optional.of("it has one of " + FORBIDDEN);
        }
        if (name.endsWith(".") || name.endsWith(" ")) {
            return Optional.of("it ends with a dot or a space");
        }
        return DEVICE.matcher(name.toLowerCase(Locale.ROOT)).matches()
                ? Optional.of("it is the name of a device")
                : Optional.empty();
    }
}
