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
 * Tells the directories that cartd created from others, by the extended attribute {@code user.cartd}. Listings do not
 * show the attribute, and it goes with the directory. On a file system without extended attributes no directory counts
 * as cartd's.
 */
final class OwnDirectory {
    private static final String NAME = "cartd";

    private OwnDirectory() {}

    /** Creates a directory with the attribute, if the file system has such. An existing directory stays as it is. */
    static void create(Path directory) throws IOException {
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
            // The cart does not need the attribute: without it the directory is never swept as a stray.
        }
    }

    /** Whether cartd certainly created this directory. */
    static boolean isOwn(Path directory) {
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
