package dev.cartd.volume;

import java.util.regex.Pattern;

/** The file names that Windows reserves for devices. */
final class WindowsNames {
    /** Reserved in every directory and in any case, with any extension, and with superscript digits too. */
    private static final Pattern DEVICE = Pattern.compile(
            "(con|prn|aux|nul|conin\\$|conout\\$|(com|lpt)[0-9\u00b9\u00b2\u00b3]) *([.:].*)?",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private WindowsNames() {}

    /** Whether Windows writes a file of this name to a device: its bytes would be lost without an error. */
    static boolean isDevice(String name) {
        return DEVICE.matcher(name).matches();
    }
}
