package dev.cartd.cli.command;

import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** The version of this program, from the jar that it came in. */
public final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"cartd " + number()};
    }

    /** The number alone; {@code unreleased} outside of a jar. */
    public static String number() {
        return Objects.requireNonNullElse(Version.class.getPackage().getImplementationVersion(), "unreleased");
    }
}
