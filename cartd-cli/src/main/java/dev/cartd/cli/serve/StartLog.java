package dev.cartd.cli.serve;

import dev.cartd.cart.HumanText;
import dev.cartd.cli.command.Version;
import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.config.FailedException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a server says of itself at its start: one line for each thing that it works with. */
public final class StartLog {
    private static final Logger LOG = LoggerFactory.getLogger(StartLog.class);

    private StartLog() {}

    /** Which program on which Java. */
    static void program() {
        LOG.info(
                "cartd {} on Java {} ({}), {} of memory",
                Version.number(),
                Runtime.version(),
                System.getProperty("java.vm.name"),
                HumanText.size(Runtime.getRuntime().maxMemory()));
    }

    /** Which file the settings are from, and which of them have no effect. */
    static void configuration(Configuration configuration) {
        configuration.ignored().forEach(LOG::warn);
        LOG.info("configuration: {}", configuration.origin());
    }

    /** Where clients reach it. */
    public static void address(String url) {
        LOG.info("opened {}, which answers 503 until all is ready", url);
    }

    /** Which database, without secrets. */
    public static void database(String place) {
        LOG.info("database: {}", place);
    }

    /** That it made the tables. */
    public static void madeTables() {
        LOG.info("the database was empty: its tables are made now");
    }

    /**
     * Where carts are staged, and how much room there is.
     *
     * @param id the volume that the database knows
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

    /** Where files come from, without secrets. */
    public static void archive(URI url) {
        LOG.info("archive: {}", url.toString().replaceFirst("//[^/@]*@", "//"));
    }
}
