package dev.cartd.claim;

import dev.cartd.cart.CartFile;
import dev.cartd.volume.CartTree;
import dev.cartd.volume.Part;
import dev.cartd.volume.Parts;
import dev.cartd.volume.Volume;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;

/** Writes each file of a tree to a part of its own, and moves it to its name once it is complete. */
final class TreeWriter extends CartWriter {
    private final CartTree tree;
    private final IntoPlace intoPlace;

    /** @param files all files of the cart */
    TreeWriter(Volume volume, CartTree tree, List<CartFile> files, Parts parts) {
        super(volume, parts);
        this.tree = tree;
        this.intoPlace = new IntoPlace(tree, files, parts);
    }

    @Override
    public OpenFile open(CartFile file) throws IOException {
        return new TreeFile(file, parts.open(file.id()));
    }

    @Override
    public void close() {}

    private final class TreeFile extends OpenFile {
        private final Part part;
        private boolean placed;

        /** The resume point follows the file's last byte, and is truncated away once the file is complete. */
        TreeFile(CartFile file, Part part) {
            super(file, part, 0, parts, part, file.size());
            this.part = part;
        }

        @Override
        public OptionalLong left() throws IOException {
            boolean complete = part.hasEarlierBytes() && channel().size() == file.size();
            return complete ? OptionalLong.of(file.size()) : super.left();
        }

        /**
         * Notes nothing for a complete file: it would have to be truncated away again, and most files arrive at once.
         */
        @Override
        public void written(long position) throws IOException {
            if (position < file.size()) {
                super.written(position);
            }
        }

        @Override
        public void commit() throws IOException, Impossible {
            channel().truncate(file.size());
            intoPlace.place(file, part.path());
            toSync(tree.path(file));
            placed = true;
        }

        @Override
        public void close(boolean wrong) throws IOException {
            if (placed) {
                part.close();
            } else {
                super.close(wrong);
            }
        }
    }
}
