package dev.cartd.cli.serve;

import dev.cartd.cart.HumanText;
import dev.cartd.cli.command.Version;
import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.config.FailedException;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log lines of {@code serve} and {@code work} at their start: one for each thing that they work with. */
public final class StartLog {
    private static final Logger LOG = LoggerFactory.getLogger(StartLog.class);

    private StartLog() {}

    /** Logs the versions of the program and of Java, and the memory. */
    static void program() {
        LOG.info(
                "cartd {} on Java {} ({}), {} of memory",
                Version.number(),
                Runtime.version(),
                System.getProperty("java.vm.name"),
                HumanText.size(Runtime.getRuntime().maxMemory()));
    }

    /** Logs which file the settings are from, and which of them have no effect. */
    static void configuration(Configuration configuration) {
        configuration.ignored().forEach(LOG::warn);
        LOG.info("configuration: {}", configuration.origin());
    }

    /** Logs where clients reach the server. */
    public static void address(String url) {
        LOG.info("opened {}, which answers 503 until all is ready", url);
    }

    /** Logs which database it is, without secrets. */
    public static void database(String place) {
        LOG.info("database: {}", place);
    }

    /** Logs that the tables were made. */
    public static void madeTables() {
        LOG.info("the database was empty: its tables are made now");
    }

    /**
     * Logs where the volume is, and how much room it has.
     *
     * @param id the id of the volume that the database knows
     */
    public static void volume(Path volume, Optional<String> id) {
        try {
            FileStore store = Files.getFileStore(volume);
            LOG.info(
                    "volume: {} ({}), {}, {} of it free",
                    volume,
                    id.orElse("not marked yet"),
                    HumanText.size(store.getTotalSpace()),
                    HumanText.size(store.getUsableSpace()));
        } catch (IOException e) {
            LOG.info("volume: {}, whose size is not known: {}", volume, FailedException.reason(e));
        }
    }

    /** Logs where files come from whose ids begin with this name; all others for an empty one. */
    public static void archive(String name, String place) {
        LOG.info("archive{}: {}", name.isEmpty() ? "" : " " + name, place);
    }
}
