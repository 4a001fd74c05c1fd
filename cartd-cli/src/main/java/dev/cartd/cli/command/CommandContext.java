package dev.cartd.cli.command;

import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.config.FailedException;
import dev.cartd.cli.config.IniFile;
import dev.cartd.cli.config.Key;
import dev.cartd.server.ServerConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine;

/** What the program gives each of its commands, which have it as their parent. */
public interface CommandContext {
    /** The settings: the configuration file over the environment over the defaults. */
    default Configuration configuration() {
        return configuration(Map.of());
    }

    /** The settings, with these above the file; they are given by key, in the format of the file. */
    Configuration configuration(Map<Key<?>, String> fixed);

    /**
     * Checks that the configuration file is there, if one was named. Without it the command would take another database
     * and volume.
     *
     * @throws CommandLine.ParameterException if not
     */
    void requireConfig();

    /** The file that is named, else the one of the environment variable, else the one in the home directory. */
    IniFile file(Optional<Path> named, String variable, String name);

    /** How many columns the terminal has that standard output is; empty if it is none. */
    OptionalInt screen();

    /**
     * Opens what a command needs that causes work; nothing works yet.
     *
     * @throws FailedException as {@link #serve}
     */
    OperatorSession session(Configuration configuration);

    /**
     * Starts a server with all that it needs.
     *
     * @param work whether it takes up carts too, or leaves them to others
     * @throws FailedException if the address cannot be listened on, the database is not one that this program can work
     *     with, or the volume cannot be made
     */
    OpenResources serve(Configuration configuration, ServerConfig face, boolean work);

    /**
     * Starts to take up carts, without a server.
     *
     * @throws FailedException as {@link #serve}
     */
    OpenResources work(Configuration configuration);
}
