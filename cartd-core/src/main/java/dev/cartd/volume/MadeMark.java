package dev.cartd.volume;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import org.jspecify.annotations.Nullable;

/**
 * Tells directories that cartd made from those of others: an extended attribute, {@code user.cartd}, which nobody sees who
 * lists the volume and which goes with the directory. On a file system that has none nothing is known to be cartd's.
 */
final class MadeMark {
    private static final String NAME = "cartd";

    private MadeMark() {}

    /** Makes a directory, with the mark where that can be; one that is there stays as it is. */
    static void directory(Path directory) throws IOException {
        if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.createDirectories(directory);
        try {
            UserDefinedFileAttributeView view = view(directory);
            if (view != null) {
                view.write(NAME, ByteBuffer.wrap("made".getBytes(StandardCharsets.US_ASCII)));
            }
        } catch (IOException e) {
            // The cart is none the worse for it.
        }
    }

    static boolean isOn(Path directory) {
        try {
            UserDefinedFileAttributeView view = view(directory);
            return view != null && view.list().contains(NAME);
        } catch (IOException e) {
            return false;
        }
    }

    private static @Nullable UserDefinedFileAttributeView view(Path directory) {
        return Files.getFileAttributeView(directory, UserDefinedFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    }
}
