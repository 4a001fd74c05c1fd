package dev.cartd.cli.command;

import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** The version of this program, which is in its jar. */
public final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"cartd " + number()};
    }

    /** The number of the version; {@code unreleased} if the program does not run from a jar. */
    public static String number() {
        return Objects.requireNonNullElse(Version.class.getPackage().getImplementationVersion(), "unreleased");
    }
}
