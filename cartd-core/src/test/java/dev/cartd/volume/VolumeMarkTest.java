package dev.cartd.volume;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.local.MemoryStore;
import dev.cartd.spi.CartStore;
import dev.cartd.system.SteppedTimeline;
import dev.cartd.system.Timeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Every way in which a store and a volume can know, or not know, each other. */
class VolumeMarkTest {
    @TempDir
    private Path directory;

    private Path root;
    private Path mark;
    private final CartStore store = LastingStore.empty();
    private final CartStore other = LastingStore.empty();

    @BeforeEach
    void nameTheVolume() {
        root = directory.resolve("volume");
        mark = root.resolve(".cartd-volume");
    }

    private VolumeMark of(CartStore carts) {
        return new Volume(root, carts, Timeline.ofMachine(InstantSource.system())).mark();
    }

    private VolumeMark made(CartStore carts) throws IOException {
        VolumeMark made = of(carts);
        made.markIfNew(true);
        return made;
    }

    private String marked() throws IOException {
        return Files.readString(mark).strip();
    }

    private static Cart ready(CartStore carts, String uid) {
        carts.add(new CartRequest(uid, false, List.of(CartRequest.Item.of("a", "a", "md5", "0".repeat(32)))), 0);
        long id = carts.live(uid).get(0).id();
        Cart cart = carts.claim(id).orElseThrow();
        assertThat(carts.move(cart, CartStatus.BUNDLING, "", "")).isTrue();
        assertThat(carts.move(carts.claim(id).orElseThrow(), CartStatus.READY, "", "x"))
                .isTrue();
        return cart;
    }

    @Test
    void lookingMakesNothing() {
        assertThat(of(store).problem()).isPresent();
        assertThat(root).doesNotExist();
        assertThatThrownBy(() -> of(store).adopt()).hasMessageContaining("mount it, or make it first");
        assertThat(root).doesNotExist();
    }

    @Test
    void aNewVolumeOfANewStoreIsMadeAndMarkedOnce() throws IOException {
        assertThat(made(store).problem()).isEmpty();
        String id = marked();
        assertThat(store.volume().id()).contains(id);
        assertThat(root.resolve("cartuids")).isDirectory();

        assertThat(made(store).problem()).isEmpty();
        assertThat(marked()).isEqualTo(id);
    }

    @Test
    void aDirectoryIsNotMadeByWhoMayNot() throws IOException {
        of(store).markIfNew(false);
        assertThat(root).doesNotExist();
        Files.createDirectory(root);
        of(store).markIfNew(false);
        assertThat(of(store).problem()).isEmpty();
    }

    @Test
    void anEmptyMountPointIsNotTheVolume() throws IOException {
        made(store);
        Files.move(root, directory.resolve("elsewhere"));
        assertThat(made(store).problem().orElseThrow()).hasMessage("the volume " + root + " is not there");
        assertThat(root).doesNotExist();

        Files.createDirectory(root);
        VolumeNotThere away = made(store).problem().orElseThrow();
        assertThat(away).hasMessage(root + " is not the volume of this database, it has no mark");
        assertThat(away.advice()).contains("mount it").contains("cartd dbsync --adopt-volume");
        assertThat(root).isEmptyDirectory();

        Files.delete(root);
        Files.move(directory.resolve("elsewhere"), root);
        assertThat(of(store).problem()).isEmpty();
    }

    @Test
    void aVolumeOfAnotherStoreIsNotTaken() throws IOException {
        made(other);
        String others = marked();
        Files.createDirectory(root.resolve("1"));

        VolumeNotThere away = made(store).problem().orElseThrow();
        assertThat(away).hasMessage(root + " is the volume of another database, its mark is " + others);
        assertThat(marked()).isEqualTo(others);
        assertThat(of(other).problem()).isEmpty();
        assertThat(store.volume().id()).isEmpty();
    }

    @Test
    void twoVolumesAreNotMixedUp() throws IOException {
        made(store);
        Files.move(root, directory.resolve("own"));
        made(other);
        assertThat(made(store).problem().orElseThrow())
                .hasMessage(root + " is not the volume of this database, its mark is " + marked() + " instead of "
                        + store.volume().id().orElseThrow());
        assertThat(of(other).problem()).isEmpty();
    }

    @Test
    void aVolumeFromBeforeThereWereMarksIsAdoptedByWhatIsOnIt() throws IOException {
        Cart cart = ready(store, "cart");
        Files.createDirectories(root);
        assertThat(made(store).problem()).isPresent();
        assertThat(root).isEmptyDirectory();

        Files.createDirectories(root.resolve(cart.id() + "/cart"));
        assertThat(made(store).problem()).isEmpty();
    }

    @Test
    void soIsOneWhoseDatabaseIsFromBeforeTheMark() throws IOException {
        Cart cart = ready(store, "cart");
        made(other);
        String before = marked();
        Files.createDirectories(root.resolve(Long.toString(cart.id())));
        assertThat(made(store).problem()).isPresent();

        Files.createFile(root.resolve(cart.id() + "/cart.tar"));
        assertThat(made(store).problem()).isEmpty();
        assertThat(marked()).isNotEqualTo(before);
        assertThat(of(other).problem()).isPresent();
    }

    @Test
    void aDatabaseWithReadyCartsMakesNoDirectory() throws IOException {
        ready(store, "cart");
        assertThat(made(store).problem()).isPresent();
        assertThat(root).doesNotExist();
    }

    @Test
    void aMarkOfAStartThatWasCutShortIsReplaced() throws IOException {
        Files.createDirectories(root);
        MarkFile.write(root, "nobody-knows");
        assertThat(made(store).problem()).isEmpty();
        assertThat(marked()).isEqualTo(store.volume().id().orElseThrow()).isNotEqualTo("nobody-knows");
    }

    @Test
    void theOperatorDecidesOverAllOfThat() throws IOException {
        made(store);
        Files.createDirectory(root.resolve("1"));
        VolumeMark taken = of(other);
        taken.adopt();
        assertThat(taken.problem()).isEmpty();
        assertThat(of(store).problem()).isPresent();

        Files.delete(mark);
        of(store).adopt();
        assertThat(of(store).problem()).isEmpty();
        assertThat(of(other).problem()).isPresent();
    }

    @Test
    void whoRunsWhileTheOperatorDecidesGoesByThat() throws IOException {
        VolumeMark running = made(store);
        Files.delete(mark);
        assertThat(running.problem()).isPresent();
        of(store).adopt();
        assertThat(running.problem()).isEmpty();
    }

    @Test
    void aStoreInMemoryTakesOverWhatAnEarlierOneLeft() throws IOException {
        CartStore first = new MemoryStore(Timeline.ofMachine(InstantSource.system()));
        made(first);
        Files.createDirectory(root.resolve("1"));
        CartStore second = new MemoryStore(Timeline.ofMachine(InstantSource.system()));
        assertThat(made(second).problem()).isEmpty();
        assertThat(of(first).problem()).isPresent();

        of(store).adopt();
        assertThat(made(new MemoryStore(Timeline.ofMachine(InstantSource.system())))
                        .problem())
                .isPresent();
    }

    @Test
    void whatIsNotAMarkIsNotTakenForOne() throws IOException {
        made(store);
        Files.writeString(mark, "\n");
        assertThat(of(store).problem().orElseThrow()).hasMessageContaining("is not a mark that cartd wrote");
        Files.delete(mark);
        Path real = Files.writeString(
                directory.resolve("outside"), store.volume().id().orElseThrow());
        Files.createSymbolicLink(mark, real);
        assertThat(of(store).problem()).isPresent();

        of(store).adopt();
        assertThat(of(store).problem()).isEmpty();
        assertThat(mark).isRegularFile();
        assertThat(Files.isSymbolicLink(mark)).isFalse();
    }

    @Test
    void aLookOfTheLastSecondIsEnoughForEachFile() throws IOException {
        SteppedTimeline time = new SteppedTimeline();
        VolumeMark running = new VolumeMark(root, store, time);
        running.markIfNew(true);
        running.requireRecently();
        Files.delete(mark);
        time.step(Duration.ofMillis(900));
        assertThatCode(running::requireRecently).doesNotThrowAnyException();
        assertThatThrownBy(running::require).isInstanceOf(VolumeNotThere.class);
        time.step(Duration.ofMillis(200));
        assertThatThrownBy(running::requireRecently).isInstanceOf(VolumeNotThere.class);
        time.setBack(Duration.ofHours(1));
        assertThatThrownBy(running::requireRecently).isInstanceOf(VolumeNotThere.class);
    }

    @Test
    void aLookIsOldWhateverTheClockIsSetTo() throws IOException {
        SteppedTimeline time = new SteppedTimeline();
        VolumeMark running = new VolumeMark(root, store, time);
        running.markIfNew(true);
        running.requireRecently();
        Files.delete(mark);
        time.step(Duration.ofMinutes(10));
        time.setBack(Duration.ofMinutes(10).minusMillis(500));
        assertThatThrownBy(running::requireRecently).isInstanceOf(VolumeNotThere.class);
    }

    @Test
    void nothingIsRemovedFromAnotherVolume() throws IOException {
        made(store);
        Volume volume = new Volume(root, store, Timeline.ofMachine(InstantSource.system()));
        Cart cart = ready(store, "cart");
        Files.createDirectories(root.resolve(cart.id() + "/cart"));
        Files.delete(mark);
        assertThatThrownBy(() -> volume.remove(cart)).isInstanceOf(VolumeNotThere.class);
        assertThatThrownBy(() -> volume.tree(cart).remove()).isInstanceOf(VolumeNotThere.class);
        assertThatThrownBy(() -> volume.parts(cart)).isInstanceOf(VolumeNotThere.class);
        assertThatThrownBy(() -> volume.pointUidLink("cart", Optional.of(cart))).isInstanceOf(VolumeNotThere.class);
        assertThatThrownBy(volume::numbers).isInstanceOf(VolumeNotThere.class);
        assertThatThrownBy(volume::highest).hasCauseInstanceOf(VolumeNotThere.class);
        assertThat(root.resolve(cart.id() + "/cart")).isDirectory();
        assertThat(root.resolve(cart.id() + "/.part")).doesNotExist();
    }
}
