package dev.cartd.server.page;

import dev.cartd.cart.BundlePath;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.HumanText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A folder of a cart as a page shows it.
 *
 * @param name its name, visible
 * @param isOpen whether its content is shown at first
 * @param folders the folders in it, by name
 * @param files the files in it, by name
 * @param count how many files are in it and in its folders
 */
record FileTree(String name, boolean isOpen, List<FileTree> folders, List<Entry> files, int count) {
    /** Folders below this depth are shown as a part of the names in them: browsers limit how deep elements nest. */
    private static final int DEEPEST = 12;

    /** Up to so many files all folders are open. */
    private static final int FEW = 40;

    /**
     * A file as a page shows it.
     *
     * @param number its number
     * @param name its name, visible
     * @param size its size for people; empty if it is not known
     * @param state its state in plain words; empty if there is nothing to say
     * @param reason why it failed; empty if it did not
     * @param link its address; empty if it cannot be downloaded now
     */
    record Entry(long number, String name, String size, String state, String reason, String link) {}

    /**
     * The tree of these files.
     *
     * @param link the address of a file that can be downloaded now; empty for others
     * @param status the state of their cart
     */
    static FileTree of(List<CartFile> files, Function<CartFile, String> link, CartStatus status) {
        Folder root = new Folder("");
        for (CartFile file : files) {
            String[] names = path(file).split("/", -1);
            Folder folder = root;
            int depth = 0;
            while (depth < names.length - 1 && depth < DEEPEST) {
                folder = folder.folder(names[depth]);
                depth++;
            }
            folder.files.add(new Entry(
                    file.id(),
                    Visible.text(String.join("/", List.of(names).subList(depth, names.length))),
                    file.known() ? HumanText.size(file.size()) : "",
                    Words.state(file, status),
                    Visible.text(file.reason()),
                    link.apply(file)));
        }
        return root.tree(files.size() <= FEW, true);
    }

    /** The path as it is in the tar; a path of Pacifica Cartd that cannot be there, as it is. */
    static String path(CartFile file) {
        return file.bundlePath().map(BundlePath::value).orElse(file.path());
    }

    /** A folder that is being filled. */
    private static final class Folder {
        private final String name;
        private final Map<String, Folder> folders = new TreeMap<>();
        private final List<Entry> files = new ArrayList<>();

        Folder(String name) {
            this.name = name;
        }

        Folder folder(String inner) {
            return folders.computeIfAbsent(inner, Folder::new);
        }

        FileTree tree(boolean allOpen, boolean isOpen) {
            // A folder that is alone is open too: there is nothing to choose.
            boolean alone = isOpen && folders.size() == 1;
            List<FileTree> inner = folders.values().stream()
                    .map(folder -> folder.tree(allOpen, allOpen || alone))
                    .toList();
            List<Entry> sorted = files.stream()
                    .sorted((one, other) -> one.name().compareTo(other.name()))
                    .toList();
            int count = sorted.size() + inner.stream().mapToInt(FileTree::count).sum();
            return new FileTree(Visible.text(name), isOpen, inner, sorted, count);
        }
    }
}
