package dev.cartd.download;

import dev.cartd.bundle.Contents;
import dev.cartd.bundle.TarLayout;
import dev.cartd.cart.CartFile;
import dev.cartd.volume.CartTar;
import dev.cartd.volume.CartTree;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.util.List;
import java.util.Optional;

/** Where the files of a ready cart are on the volume. Implementations are safe for use by many threads. */
sealed interface FileSource {
    /** The damage to a bundled cart without its tar. */
    String TAR_GONE = "its tar is gone from the volume, or has not its size";

    /** Opens the files for reading; the caller closes the result. */
    Contents open() throws IOException;

    /**
     * The damage to one of these files, in words for people; empty if there is none.
     *
     * @throws IOException if the volume is not there or cannot be read
     */
    Optional<String> damage(List<CartFile> files) throws IOException;

    /** Opens what has the bytes of this file; the caller closes the result. */
    FileChannel open(CartFile file) throws IOException;

    /** The position of the file's first byte in what {@link #open(CartFile)} opens. */
    long start(CartFile file);

    /** The files of a streamed cart. */
    record InTree(CartTree tree) implements FileSource {
        @Override
        public Contents open() {
            return tree.reader();
        }

        @Override
        public Optional<String> damage(List<CartFile> files) throws IOException {
            return tree.missing(files)
                    .map(file -> "file " + file.path() + " is gone from the volume, or has not its size");
        }

        @Override
        public FileChannel open(CartFile file) throws IOException {
            return tree.open(file);
        }

        @Override
        public long start(CartFile file) {
            return 0;
        }
    }

    /** The files of a bundled cart. */
    record InTar(CartTar tar, TarLayout layout) implements FileSource {
        @Override
        public Contents open() throws IOException {
            FileChannel channel = tar.open();
            return new Contents() {
                @Override
                public SeekableByteChannel open(CartFile file) {
                    return new FileSection(channel, layout.offset(file), file.size());
                }

                @Override
                public void close() throws IOException {
                    channel.close();
                }
            };
        }

        @Override
        public Optional<String> damage(List<CartFile> files) throws IOException {
            return tar.has(layout.length()) ? Optional.empty() : Optional.of(TAR_GONE);
        }

        @Override
        public FileChannel open(CartFile file) throws IOException {
            return tar.openFinished();
        }

        @Override
        public long start(CartFile file) {
            return layout.offset(file);
        }
    }
}
