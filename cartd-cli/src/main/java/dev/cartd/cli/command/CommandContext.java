package dev.cartd.cli.command;

import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.config.FailedException;
import dev.cartd.cli.config.IniFile;
import dev.cartd.cli.config.Key;
import dev.cartd.server.ServerConfig;
import dev.cartd.spi.Archive;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine;

/** The parent of all commands: gives them their settings, and opens what they work with. */
public interface CommandContext {
    /** The settings: those of the configuration file, else of the environment, else the defaults. */
    default Configuration configuration() {
        return configuration(Map.of());
    }

    /**
     * The settings like {@link #configuration()}, except for some.
     *
     * @param fixed values that replace those of the file, in the format of the file
     */
    Configuration configuration(Map<Key<?>, String> fixed);

    /**
     * Checks that the configuration file exists, if {@code -c} names one: without it the command would work on another
     * database and volume.
     *
     * @throws CommandLine.ParameterException if it does not exist
     */
    void requireConfig();

    /**
     * Reads a configuration file.
     *
     * @param named the path that an option names
     * @param variable the environment variable with the path, if no option names one
     * @param name the name in {@code ~/.pacifica-cartd}, if neither does
     */
    IniFile file(Optional<Path> named, String variable, String name);

    /** The value of an environment variable, which may be empty. */
    Optional<String> variable(String name);

    /** The number of columns of the terminal; empty if standard output is no terminal. */
    OptionalInt screen();

    /** Opens an archive; sends nothing. The caller closes it. */
    Archive archive(Configuration.ArchiveAccess access);

    /** From now on all types of hashes of carts are known in this process, for a command that opens nothing. */
    void addHashes();

    /**
     * Opens all that a command needs to change carts. The work does not begin yet.
     *
     * @throws FailedException as {@link #serve}
     */
    OperatorSession session(Configuration configuration);

    /**
     * Opens all that a command needs to look at carts and at the room, whether the volume is there or not.
     *
     * @throws FailedException as {@link #serve}
     */
    OperatorSession view(Configuration configuration);

    /**
     * Starts a server.
     *
     * @param work whether the server also works on carts, or leaves them to other nodes
     * @throws FailedException if the server cannot listen on the address, this program cannot work with the database,
     *     or the volume cannot be made
     */
    OpenResources serve(Configuration configuration, ServerConfig config, boolean work);

    /**
     * Starts to work on carts, without a server.
     *
     * @throws FailedException as {@link #serve}
     */
    OpenResources work(Configuration configuration);
}
