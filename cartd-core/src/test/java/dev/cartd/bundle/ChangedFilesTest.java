package dev.cartd.bundle;

import dev.cartd.cart.CartFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ChangedFilesTest {
    @TempDir
    Path disk;

    private CartOnDisk cart;
    private CartFile file;
    private TarLayout layout;

    @BeforeEach
    void cartOfThreeFiles() throws IOException {
        cart = new CartOnDisk(disk);
        cart.add("a/a", 600, 1);
        file = cart.add("a/b.txt", 700, 1);
        cart.add("c", 800, 1);
        layout = cart.layout("my");
    }

    @Test
    void aFileThatIsGoneIsNamed() throws IOException {
        Files.delete(cart.place(file));

        assertFails("file a/b.txt is gone");
    }

    @Test
    void aFileThatCannotBeOpenedIsNamed() {
        Contents broken = asked -> {
            throw new IOException("disk on fire");
        };

        assertThatThrownBy(() -> layout.open(broken, layout.offset(file), layout.length())
                        .read(ByteBuffer.allocate(1)))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("file a/b.txt cannot be opened: ")
                .hasMessageContaining("disk on fire");
    }

    @Test
    void aFileThatIsShorterIsNamed() throws IOException {
        resize(699);

        assertFails("file a/b.txt has 699 bytes, 700 expected");
    }

    @Test
    void aFileThatIsLongerIsNamed() throws IOException {
        Files.write(cart.place(file), new byte[5], StandardOpenOption.APPEND);

        assertFails("file a/b.txt has 705 bytes, 700 expected");
    }

    @Test
    void aFileThatIsCutWhileItIsReadIsNamed() throws IOException {
        try (ReadableByteChannel channel = layout.open(cart, layout.offset(file), layout.length())) {
            assertThat(channel.read(ByteBuffer.allocate(300))).isEqualTo(300);
            resize(400);
            assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(300)))
                    .isInstanceOf(IOException.class)
                    .hasMessage("file a/b.txt has 400 bytes, 700 expected");
        }
    }

    @Test
    void aLastFileThatIsLongerIsNamedToo() throws IOException {
        CartFile last = cart.add("d", 512, 1);
        TarLayout all = cart.layout("my");
        Files.write(cart.place(last), new byte[5], StandardOpenOption.APPEND);

        assertThatThrownBy(() -> cart.tar(all))
                .isInstanceOf(IOException.class)
                .hasMessage("file d has 517 bytes, 512 expected");
        assertThatThrownBy(() -> cart.range(all, all.offset(last), all.offset(last) + 512))
                .isInstanceOf(IOException.class)
                .hasMessage("file d has 517 bytes, 512 expected");
    }

    @Test
    void rangesThatDoNotNeedTheFileAreStillRight() throws IOException {
        byte[] whole = cart.tar(layout);
        Files.delete(cart.place(file));

        assertThat(cart.range(layout, 0, layout.offset(file))).isEqualTo(slice(whole, 0, layout.offset(file)));
        long after = layout.offset(file) + 700;
        assertThat(cart.range(layout, after, layout.length())).isEqualTo(slice(whole, after, layout.length()));
    }

    @Test
    void closingEndsReadingAndClosesTheFile() throws Exception {
        ReadableByteChannel channel = layout.open(cart, layout.offset(file), layout.length());
        channel.read(ByteBuffer.allocate(1));
        Thread other = new Thread(() -> closeQuietly(channel));
        other.start();
        other.join();

        assertThat(channel.isOpen()).isFalse();
        assertThat(cart.opened).hasSize(1).noneMatch(FileChannel::isOpen);
        assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void closingWhileAFileIsBeingOpenedLeavesItClosed() {
        AtomicReference<ReadableByteChannel> reading = new AtomicReference<>();
        ReadableByteChannel channel = layout.open(
                asked -> {
                    closeQuietly(Objects.requireNonNull(reading.get()));
                    return cart.open(asked);
                },
                layout.offset(file),
                layout.length());
        reading.set(channel);

        assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
        assertThat(cart.opened).hasSize(1).noneMatch(FileChannel::isOpen);
    }

    private void assertFails(String message) {
        ThrowingCallable whole = () -> cart.tar(layout);
        ThrowingCallable part = () -> cart.range(layout, layout.offset(file) + 3, layout.offset(file) + 4);

        assertThatThrownBy(whole).isInstanceOf(IOException.class).hasMessage(message);
        assertThatThrownBy(part).isInstanceOf(IOException.class).hasMessage(message);
        assertThat(cart.opened).as("left open").noneMatch(FileChannel::isOpen);
    }

    private void resize(long size) throws IOException {
        try (FileChannel channel = FileChannel.open(cart.place(file), StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }

    private static void closeQuietly(ReadableByteChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] slice(byte[] bytes, long from, long to) {
        return Arrays.copyOfRange(bytes, (int) from, (int) to);
    }
}
