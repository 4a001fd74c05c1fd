package dev.cartd.volume;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Durability;
import dev.cartd.cart.Standstill;
import dev.cartd.spi.SpaceStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class VolumeTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../../x", "a/b", ".part", "a\0b", "a\nb", "/etc/passwd", "a\\b"})
    void rowsWithOddUidsReachNothing(String uid) throws IOException {
        Path outside = Files.createFile(directory.resolve("x"));
        Volume volume = MarkedVolume.at(directory.resolve("a/b/volume"));
        Cart cart = cart(7, uid, 1);
        assertThat(FileNames.canHold(cart)).isFalse();
        assertThatThrownBy(() -> volume.files(cart).path()).isInstanceOf(IllegalArgumentException.class);
        volume.pointUidLink(uid, Optional.of(cart));
        volume.pointUidLink(uid, Optional.empty());
        volume.parts(cart).close();
        volume.remove(cart);
        assertThat(outside).exists();
        assertThat(volume.root().resolve("7")).doesNotExist();
    }

    @Test
    void whatADeadAttemptLeftIsTakenOverUnderANewName() throws IOException {
        Volume volume = MarkedVolume.at(directory);
        Path before;
        try (Parts parts = volume.parts(cart(3, "c", 4));
                Part part = parts.open(12)) {
            assertThat(part.hasEarlierBytes()).isFalse();
            part.channel().write(ByteBuffer.wrap("half a file".getBytes(US_ASCII)));
            before = part.path();
        }
        try (Parts now = volume.parts(cart(3, "c", 5))) {
            assertThat(now.has(12)).isTrue();
            try (Part part = now.open(12)) {
                assertThat(part.hasEarlierBytes()).isTrue();
                assertThat(part.path()).hasContent("half a file").hasFileName("12");
                assertThat(volume.root().relativize(part.path()).toString()).startsWith("3/.part/5.");
            }
        }
        assertThat(before).doesNotExist();
    }

    @Test
    void whatSomebodyStillHoldsIsLeftToHim() throws IOException {
        Volume volume = MarkedVolume.at(directory);
        try (Parts late = volume.parts(cart(3, "c", 4));
                Part paused = late.open(Parts.TAR)) {
            paused.channel().write(ByteBuffer.wrap("half a tar".getBytes(US_ASCII)));
            Parts.Rescue<IOException> first = (from, to) -> from.transferTo(0, 4, to);
            try (Parts parts = volume.parts(cart(3, "c", 5));
                    Part part = parts.open(Parts.TAR, first)) {
                assertThat(part.hasEarlierBytes()).isTrue();
                paused.channel().write(ByteBuffer.wrap("late".getBytes(US_ASCII)), 0);
                assertThat(part.path()).hasContent("half").hasFileName("0");
            }
            assertThat(paused.path()).doesNotExist();
        }
    }

    @Test
    void aRescueThatFailsLosesNothing() throws IOException {
        Volume volume = MarkedVolume.at(directory);
        try (Parts late = volume.parts(cart(3, "c", 4));
                Part paused = late.open(Parts.TAR)) {
            paused.channel().write(ByteBuffer.wrap("half a tar".getBytes(US_ASCII)));
            Parts.Rescue<IOException> failing = (from, to) -> {
                throw new IOException("full");
            };
            try (Parts parts = volume.parts(cart(3, "c", 5))) {
                assertThatThrownBy(() -> parts.open(Parts.TAR, failing)).hasMessage("full");
            }
        }
        try (Parts parts = volume.parts(cart(3, "c", 6));
                Part part = parts.open(Parts.TAR)) {
            assertThat(part.hasEarlierBytes()).isTrue();
            assertThat(part.path()).hasContent("half a tar");
        }
    }

    @Test
    void removingFollowsNoSymlink() throws IOException {
        Path outside = Files.createDirectories(directory.resolve("outside"));
        Files.createFile(outside.resolve("precious"));
        Volume volume = MarkedVolume.at(directory.resolve("volume"));
        Cart cart = cart(1, "c", 1);
        volume.parts(cart).close();
        Files.createSymbolicLink(volume.root().resolve("1/c"), outside);
        volume.remove(cart);
        volume.remove(cart);
        assertThat(outside.resolve("precious")).exists();
        assertThat(volume.root().resolve("1")).doesNotExist();
    }

    @Test
    void aForeignFileInThePlaceOfALinkIsNotTouched() throws IOException {
        Volume volume = MarkedVolume.at(directory);
        Path foreign = Files.writeString(directory.resolve("cartuids/c"), "mine");
        assertThat(volume.pointUidLink("c", Optional.of(cart(1, "c", 1))))
                .contains(volume.root().resolve("cartuids/c") + " is not a symlink of cartd: move it away");
        volume.pointUidLink("c", Optional.empty());
        assertThat(foreign).hasContent("mine");
    }

    @Test
    void theHighestNumberIsThatOfDirectoriesWithPlainNumbers() throws IOException {
        Volume volume = MarkedVolume.at(directory);
        assertThat(volume.highest()).isZero();
        for (String name : new String[] {"12", "7", "x9", "99999999999999999999", "-5", "1e3"}) {
            Files.createDirectory(directory.resolve(name));
        }
        assertThat(volume.highest()).isEqualTo(12);
    }

    @Test
    void takesWholeBlocks() {
        assertThat(SpaceStore.taken(0)).isEqualTo(4096);
        assertThat(SpaceStore.taken(1)).isEqualTo(8192);
        assertThat(SpaceStore.taken(4096)).isEqualTo(8192);
        assertThat(SpaceStore.taken(4097)).isEqualTo(12288);
    }

    @Test
    void aLinkThatWasNotFinishedGoesWithItsCart() throws IOException {
        Volume volume = MarkedVolume.at(directory);
        Path left = Files.createSymbolicLink(directory.resolve("cartuids/.3"), Path.of("../3/c"));
        volume.remove(cart(3, "c", 4));
        assertThat(Files.exists(left, LinkOption.NOFOLLOW_LINKS)).isFalse();
    }

    private static Cart cart(long id, String uid, long epoch) {
        Instant now = Instant.EPOCH;
        return new Cart(
                id,
                uid,
                false,
                CartStatus.STAGING,
                "",
                "",
                now,
                now,
                Optional.empty(),
                Optional.empty(),
                epoch,
                new Cart.Progress(0, 0, 0, 0),
                0,
                Optional.empty(),
                Standstill.NEW,
                Durability.SYNCED);
    }
}
