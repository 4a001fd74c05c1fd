package dev.cartd.volume;

import java.util.regex.Pattern;

/** Names that Windows has for something else than files. */
final class WindowsNames {
    /** In any directory and any case, whatever comes after a dot, and with superscript digits too. */
    private static final Pattern DEVICE = Pattern.compile(
            "(con|prn|aux|nul|conin\\$|conout\\$|(com|lpt)[0-9\u00b9\u00b2\u00b3]) *([.:].*)?",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private WindowsNames() {}

    /** Whether what is written to a file of this name goes to a device: it would be lost, and no error be seen. */
    static boolean isDevice(String name) {
        return DEVICE.matcher(name).matches();
    }
}
