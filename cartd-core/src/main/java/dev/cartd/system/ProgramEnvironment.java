package dev.cartd.system;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What the programs of the operator get of the environment of this process, which may have passwords. */
public final class ProgramEnvironment {
    private static final Set<String> NAMES =
            Set.of("HOME", "LANG", "LANGUAGE", "LOGNAME", "PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "TZ", "USER");

    private ProgramEnvironment() {}

    /** Removes all variables but those that say where and in which language a program runs, in any case. */
    public static void limit(Map<String, String> environment) {
        environment.keySet().removeIf(name -> !isForPrograms(name));
    }

    private static boolean isForPrograms(String variable) {
        String name = variable.toUpperCase(Locale.ROOT);
        return NAMES.contains(name) || name.startsWith("LC_");
    }
}
