package dev.cartd.bundle;

import dev.cartd.bundle.Member.Directory;
import dev.cartd.bundle.Member.Regular;
import dev.cartd.cart.BundlePath;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Sorts files into the order of a bundle, and adds each directory before its contents. */
final class MemberTree {
    /** Paths of a thousand segments each could need more directories than fit into memory; no real tree has so many. */
    static final int MAX_DIRECTORIES = 1_000_000;

    private static final class Open {
        final int index;
        final int end;
        long newest = Long.MIN_VALUE;

        Open(int index, int end) {
            this.index = index;
            this.end = end;
        }
    }

    private final List<Member> members;
    private final Deque<Open> open = new ArrayDeque<>();
    private int directories;

    private MemberTree(int files) {
        members = new ArrayList<>(files + files / 8 + 1);
    }

    /**
     * The members of a bundle of these files: the top directory, then the rest depth first, each directory sorted.
     *
     * @throws CartException.Failed if a file cannot be in a bundle; the message names the file
     */
    static List<Member> of(List<CartFile> files) {
        List<Regular> sorted = new ArrayList<>(files.size());
        files.forEach(file -> sorted.add(regular(file)));
        sorted.sort((left, right) -> PathOrder.compare(left.path(), right.path()));
        MemberTree tree = new MemberTree(sorted.size());
        tree.enter("", 0);
        String before = "";
        for (Regular file : sorted) {
            tree.add(before, file);
            before = file.path();
        }
        tree.leave(before, -1);
        return tree.members;
    }

    private static Regular regular(CartFile file) {
        // Rows of Pacifica Cartd may have such paths; the message does not repeat a path that is not allowed.
        BundlePath path = file.bundlePath()
                .orElseThrow(
                        () -> new CartException.Failed("file number " + file.id() + " has a path that is not allowed"));
        if (file.size() < 0) {
            throw new CartException.Failed("file " + path.value() + " has no known size");
        }
        // Keeps the string of the row if it is equal, so that memory holds it once.
        return new Regular(path.value().equals(file.path()) ? file.path() : path.value(), file);
    }

    private void add(String before, Regular file) {
        String path = file.path();
        if (path.equals(before) && isLast(file)) {
            return; // Pacifica Cartd accepted the same file twice.
        }
        int same = PathOrder.mismatch(before, path);
        if (same == before.length() && same > 0 && (same == path.length() || path.charAt(same) == '/')) {
            String what = same == path.length() ? " is there twice" : " is both a file and a directory";
            throw new CartException.Failed("file " + before + what);
        }
        int common = Math.max(0, path.lastIndexOf('/', same - 1));
        leave(before, common);
        for (int end = path.indexOf('/', common + 1); end >= 0; end = path.indexOf('/', end + 1)) {
            enter(path, end);
        }
        members.add(file);
        open.element().newest = Math.max(open.element().newest, file.mtime());
    }

    private boolean isLast(Regular file) {
        CartFile one = file.file();
        return members.get(members.size() - 1) instanceof Regular last
                && last.size() == file.size()
                && last.mtime() == file.mtime()
                && last.file().archiveId().equals(one.archiveId())
                && last.file().checksum().equals(one.checksum());
    }

    private void enter(String below, int end) {
        if (++directories > MAX_DIRECTORIES) {
            throw new CartException.Failed("the files are in more than " + MAX_DIRECTORIES + " directories");
        }
        open.push(new Open(members.size(), end));
        members.add(new Directory(below, end, 0));
    }

    /**
     * Closes the open directories whose path is longer than {@code end}: all files below them were added, so their
     * modification time is known.
     */
    private void leave(String below, int end) {
        while (!open.isEmpty() && open.element().end > end) {
            Open done = open.pop();
            long newest = done.newest == Long.MIN_VALUE ? 0 : done.newest;
            members.set(done.index, new Directory(below, done.end, newest));
            if (!open.isEmpty()) {
                open.element().newest = Math.max(open.element().newest, newest);
            }
        }
    }
}
