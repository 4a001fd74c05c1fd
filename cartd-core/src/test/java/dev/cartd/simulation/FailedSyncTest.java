package dev.cartd.simulation;

import dev.cartd.Cartd;
import dev.cartd.Simulated;
import dev.cartd.bundle.Bundle;
import dev.cartd.bundle.BundleChannel;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartStatus;
import dev.cartd.claim.StageSettings;
import dev.cartd.local.LocalScheduler;
import dev.cartd.local.MemoryStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A sync that fails once makes the system forget what it had to write; the next one succeeds, and proves nothing. */
class FailedSyncTest {
    private static final int SEEDS = 20;

    private final Machine.Carriers carriers = new Machine.Carriers();

    @AfterEach
    void end() {
        carriers.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatASyncCouldNotWriteIsPulledAgain(boolean bundle) throws Throwable {
        requirePulledAgain(bundle, 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void soItIsIfItsRemovalCannotBeSynced(boolean bundle) throws Throwable {
        requirePulledAgain(bundle, 3);
    }

    private void requirePulledAgain(boolean bundle, int failures) throws Throwable {
        int ready = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Machine machine = new Machine(seed, carriers);
            boolean[] isReady = {false};
            machine.run(new Machine.Node("node"), () -> {
                try {
                    isReady[0] = stage(machine, bundle, failures);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            ready += isReady[0] ? 1 : 0;
        }
        assertThat(ready).as("carts whose files are all good").isGreaterThan(SEEDS / 2);
    }

    /** Stages a cart while syncs fail, cuts the power, and looks at it; returns false if it could not be ready. */
    private static boolean stage(Machine machine, boolean bundle, int failures) throws IOException {
        Trace trace = new Trace(null);
        Drive drive = new Drive(machine, trace, Bug.NONE, 1 << 20);
        Path root = new DriveFiles(drive).getPath("/work/volume");
        Tape tape = new Tape(machine, trace, Bug.NONE, 8, 32 << 10);
        tape.heal();
        NodeTime time = new NodeTime(machine, machine.current().node);
        MemoryStore store = new MemoryStore(time);
        Cartd cartd = Simulated.builder(tape.connection(), root, time, StageSettings.DEFAULT.withBuffer(4096))
                .store(store)
                .scheduler(new LocalScheduler(1, time))
                .start();
        drive.fail(Drive.Operation.SYNC, failures);
        Cart cart = cartd.submit(tape.request("u", bundle, 4));
        while (store.live("u").get(0).status().inWork()) {
            machine.sleep(Duration.ofSeconds(1));
        }
        if (store.live("u").get(0).status() != CartStatus.READY) {
            return false;
        }
        drive.cutPower();
        Map<String, byte[]> found = tar(cartd.open("u", ""));
        for (CartFile file : store.files(cart.id())) {
            assertThat(tape.isRight(file, found.getOrDefault(file.path(), new byte[0])))
                    .as(file.path())
                    .isTrue();
        }
        return true;
    }

    private static Map<String, byte[]> tar(Bundle bundle) throws IOException {
        Map<String, byte[]> found = new HashMap<>();
        try (BundleChannel channel = bundle.open(0, bundle.length());
                TarArchiveInputStream tar = new TarArchiveInputStream(Channels.newInputStream(channel), "UTF-8")) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.isFile()) {
                    found.put(entry.getName().substring(entry.getName().indexOf('/') + 1), tar.readAllBytes());
                }
            }
        }
        return found;
    }
}
