package dev.cartd.cli.doctor;

import dev.cartd.cart.HumanText;
import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.config.FailedException;
import dev.cartd.system.FileOwner;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks at the volume and its file system; writes a small file there, and removes it. */
final class VolumeProbe implements Check {
    private static final Set<String> FORGETFUL = Set.of("tmpfs", "ramfs", "overlay");
    private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(30);

    private final Configuration configuration;
    private final Path volume;

    VolumeProbe(Configuration configuration) {
        this.configuration = configuration;
        this.volume = configuration.carts().volume();
    }

    @Override
    public List<Finding> run() throws IOException {
        if (!Files.isDirectory(volume)) {
            return List.of(Finding.bad(
                    "volume", volume + " is not a directory: mount it, or let cartd serve make it if it is new"));
        }
        List<Finding> found = new ArrayList<>();
        found.add(space(Files.getFileStore(volume)));
        found.add(kind(Files.getFileStore(volume)));
        Optional<String> owner = FileOwner.besideRoot(volume);
        found.add(
                owner.isPresent()
                        ? Finding.warn(
                                "writing",
                                "not tried, since root is not the owner of the volume: run this as " + owner.get()
                                        + " (runuser -u " + owner.get() + " -- cartd doctor ...)")
                        : writing());
        return found;
    }

    private Finding space(FileStore store) throws IOException {
        long total = store.getTotalSpace();
        long free = store.getUsableSpace() - configuration.space().keepFree();
        String text = volume + ": " + HumanText.size(total) + ", " + HumanText.size(store.getUsableSpace()) + " free";
        Optional<Long> size = configuration.space().size();
        if (free <= 0) {
            return Finding.bad("volume", text + ", so no cart gets room: make room, or set keep_free lower");
        }
        if (size.isPresent() && size.get() > total) {
            return Finding.warn(
                    "volume", text + ", but [cartd] volume_size is " + HumanText.size(size.get()) + ": set it lower");
        }
        return Finding.ok("volume", text);
    }

    private Finding kind(FileStore store) {
        String type = store.type().toLowerCase(Locale.ROOT);
        return FORGETFUL.contains(type)
                ? Finding.warn(
                        "filesystem",
                        type + ", which is empty after the next start of the machine or the container: put the volume"
                                + " on a disk")
                : Finding.ok("filesystem", type);
    }

    private Finding writing() {
        @Nullable Path probe = null;
        try {
            probe = Files.createTempFile(volume, ".cartd-doctor-", "");
            try (FileChannel file = FileChannel.open(probe, StandardOpenOption.WRITE)) {
                file.force(true);
            }
            return clock(Files.getLastModifiedTime(probe).toInstant());
        } catch (IOException e) {
            return Finding.bad(
                    "writing",
                    "the volume cannot be written: " + FailedException.reason(e) + ": check its owner ("
                            + System.getProperty("user.name") + " runs this), and whether it is mounted read-only");
        } finally {
            remove(probe);
        }
    }

    /** The clock of a file server is another one. */
    private static Finding clock(Instant made) {
        Duration apart = Duration.between(made, Instant.now()).abs();
        return apart.compareTo(CLOCKS_DIFFER) > 0
                ? Finding.warn(
                        "writing",
                        "the clock of the volume's file server differs by " + HumanText.duration(apart)
                                + ": set both clocks by NTP")
                : Finding.ok("writing", "the volume can be written");
    }

    private static void remove(@Nullable Path probe) {
        try {
            if (probe != null) {
                Files.deleteIfExists(probe);
            }
        } catch (IOException e) {
            // It could be made a moment ago; what hinders its removal is found by the next check.
        }
    }
}
