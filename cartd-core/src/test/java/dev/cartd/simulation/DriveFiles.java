package dev.cartd.simulation;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileStoreAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A {@link Drive} as a Unix file system: what of {@code java.nio.file} the core uses, and no more. */
final class DriveFiles extends FileSystem {
    private static final int MOST_LINKS = 40;

    private final Drive drive;
    private final Provider provider = new Provider();

    DriveFiles(Drive drive) {
        this.drive = drive;
    }

    @Override
    public FileSystemProvider provider() {
        return provider;
    }

    @Override
    public void close() {}

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public String getSeparator() {
        return "/";
    }

    @Override
    public Iterable<Path> getRootDirectories() {
        return List.of(getPath("/"));
    }

    @Override
    public Iterable<FileStore> getFileStores() {
        return List.of(new Store());
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
        return Set.of("basic", "unix", "user");
    }

    @Override
    public Path getPath(String first, String... more) {
        return DrivePath.of(this, more.length == 0 ? first : first + "/" + String.join("/", more));
    }

    @Override
    public PathMatcher getPathMatcher(String syntaxAndPattern) {
        throw new UnsupportedOperationException();
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
        throw new UnsupportedOperationException();
    }

    @Override
    public WatchService newWatchService() {
        throw new UnsupportedOperationException();
    }

    /** A name in a directory, and what has it. */
    private record Place(
            Object path,
            Inode directory,
            String name,
            @Nullable Inode found) {
        Inode require() throws NoSuchFileException {
            if (found == null) {
                throw new NoSuchFileException(path.toString());
            }
            return found;
        }

        Inode require(Inode.Kind kind) throws IOException {
            Inode there = require();
            if (there.kind != kind) {
                throw kind == Inode.Kind.DIRECTORY
                        ? new NotDirectoryException(path.toString())
                        : new NotLinkException(path.toString());
            }
            return there;
        }

        void requireFree() throws FileAlreadyExistsException {
            if (found != null) {
                throw new FileAlreadyExistsException(path.toString());
            }
        }

        FileSystemException failure(String reason) {
            return new FileSystemException(path.toString(), null, reason);
        }
    }

    private Place find(Path path, LinkOption... options) throws IOException {
        return find(path, options.length == 0);
    }

    private Place find(Path path, boolean follow) throws IOException {
        Deque<Inode> way = new ArrayDeque<>(List.of(drive.root));
        Deque<String> rest = new ArrayDeque<>(DrivePath.of(path.toAbsolutePath()).names);
        int links = 0;
        for (String name = rest.poll(); name != null; name = rest.poll()) {
            Inode directory = way.element();
            if (name.equals("..")) {
                way.pop();
                continue;
            }
            Inode next = drive.mounted(directory.entries.get(name));
            if (next != null && next.kind == Inode.Kind.SYMLINK && (follow || !rest.isEmpty())) {
                if (++links > MOST_LINKS) {
                    throw new FileSystemException(path.toString(), null, "Too many levels of symbolic links");
                }
                List<String> target = DrivePath.of(this, next.target).names;
                for (int i = target.size() - 1; i >= 0; i--) {
                    rest.push(target.get(i));
                }
            } else if (rest.isEmpty()) {
                return new Place(path, directory, name, next);
            } else if (next == null) {
                throw new NoSuchFileException(path.toString());
            } else if (next.kind != Inode.Kind.DIRECTORY) {
                throw new FileSystemException(path.toString(), null, "Not a directory");
            } else {
                way.push(next);
            }
        }
        return new Place(path, way.element(), ".", way.element());
    }

    /** Begins an operation, and gives a failure of the drive the form that it has for operations on paths. */
    private void begin(Drive.Operation operation, Path path) throws IOException {
        try {
            drive.begin(operation);
        } catch (IOException e) {
            throw new FileSystemException(path.toString(), null, e.getMessage());
        }
    }

    private DriveChannel open(Place at, Set<? extends OpenOption> options) throws IOException {
        boolean writes = options.contains(StandardOpenOption.WRITE);
        if (writes && options.contains(StandardOpenOption.CREATE_NEW)) {
            at.requireFree();
        }
        boolean makes = at.found == null && writes && creates(options);
        Inode file = makes ? drive.create(at.directory, at.name, Inode.Kind.FILE, "") : at.require();
        if (file.kind == Inode.Kind.SYMLINK) {
            throw at.failure("Too many levels of symbolic links");
        }
        if (writes && file.kind == Inode.Kind.DIRECTORY) {
            throw at.failure("Is a directory");
        }
        DriveChannel channel = drive.open(file, !writes || options.contains(StandardOpenOption.READ), writes);
        if (writes && options.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
            channel.truncate(0);
        }
        return channel;
    }

    private static boolean creates(Set<? extends OpenOption> options) {
        return options.contains(StandardOpenOption.CREATE) || options.contains(StandardOpenOption.CREATE_NEW);
    }

    /** Finds what a view is about, each time that it is used. */
    private interface Subject {
        Inode find() throws IOException;
    }

    @SuppressWarnings("unchecked")
    private <V> @Nullable V view(Class<V> type, Subject subject) {
        return type == BasicFileAttributeView.class
                ? (V) new BasicView(subject)
                : type == UserDefinedFileAttributeView.class ? (V) new UserView(subject) : null;
    }

    private record BasicView(Subject subject) implements BasicFileAttributeView {
        @Override
        public String name() {
            return "basic";
        }

        @Override
        public BasicFileAttributes readAttributes() throws IOException {
            return Attributes.of(subject.find());
        }

        @Override
        public void setTimes(@Nullable FileTime modified, @Nullable FileTime used, @Nullable FileTime created)
                throws IOException {
            Inode inode = subject.find();
            inode.modified = modified == null ? inode.modified : modified.toInstant();
        }
    }

    private record UserView(Subject subject) implements UserDefinedFileAttributeView {
        @Override
        public String name() {
            return "user";
        }

        @Override
        public List<String> list() throws IOException {
            return List.copyOf(subject.find().attributes.keySet());
        }

        @Override
        public int size(String name) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(String name, ByteBuffer to) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int write(String name, ByteBuffer from) throws IOException {
            byte[] value = new byte[from.remaining()];
            from.get(value);
            subject.find().attributes.put(name, value);
            return value.length;
        }

        @Override
        public void delete(String name) {
            throw new UnsupportedOperationException();
        }
    }

    /** What a file was like when it was looked at. */
    private record Attributes(Inode.Kind kind, long size, Instant modified, Long fileKey)
            implements BasicFileAttributes {
        static Attributes of(Inode inode) {
            return new Attributes(inode.kind, inode.size(), inode.modified, inode.number);
        }

        @Override
        public FileTime lastModifiedTime() {
            return FileTime.from(modified);
        }

        @Override
        public FileTime lastAccessTime() {
            return lastModifiedTime();
        }

        @Override
        public FileTime creationTime() {
            return lastModifiedTime();
        }

        @Override
        public boolean isRegularFile() {
            return kind == Inode.Kind.FILE;
        }

        @Override
        public boolean isDirectory() {
            return kind == Inode.Kind.DIRECTORY;
        }

        @Override
        public boolean isSymbolicLink() {
            return kind == Inode.Kind.SYMLINK;
        }

        @Override
        public boolean isOther() {
            return false;
        }
    }

    /** An open directory, which stays the same wherever it is moved. */
    private final class Directory implements SecureDirectoryStream<Path> {
        private final Path path;
        private final Inode inode;
        private final List<Path> entries = new ArrayList<>();

        Directory(Path path, Inode inode, DirectoryStream.@Nullable Filter<? super Path> filter) throws IOException {
            this.path = path;
            this.inode = inode;
            for (String name : List.copyOf(inode.entries.keySet())) {
                Path entry = path.resolve(name);
                if (filter == null || filter.accept(entry)) {
                    entries.add(entry);
                }
            }
        }

        private Place place(Path name) {
            String text = name.toString();
            return new Place(text, inode, text, drive.mounted(inode.entries.get(text)));
        }

        @Override
        public Iterator<Path> iterator() {
            return entries.iterator();
        }

        @Override
        public SecureDirectoryStream<Path> newDirectoryStream(Path name, LinkOption... options) throws IOException {
            begin(Drive.Operation.READ, name);
            return new Directory(path.resolve(name), place(name).require(Inode.Kind.DIRECTORY), null);
        }

        @Override
        public SeekableByteChannel newByteChannel(
                Path name, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
            begin(creates(options) ? Drive.Operation.CREATE : Drive.Operation.READ, name);
            return open(place(name), options);
        }

        @Override
        public <V extends FileAttributeView> @Nullable V getFileAttributeView(
                Path name, Class<V> type, LinkOption... options) {
            return view(type, () -> {
                begin(Drive.Operation.READ, name);
                return place(name).require();
            });
        }

        @Override
        public <V extends FileAttributeView> @Nullable V getFileAttributeView(Class<V> type) {
            return view(type, () -> inode);
        }

        @Override
        public void deleteFile(Path name) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void deleteDirectory(Path name) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void move(Path name, SecureDirectoryStream<Path> to, Path newName) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    private final class Store extends FileStore {
        @Override
        public String name() {
            return "drive";
        }

        @Override
        public String type() {
            return "drive";
        }

        @Override
        public boolean isReadOnly() {
            return false;
        }

        @Override
        public long getTotalSpace() {
            return drive.total();
        }

        @Override
        public long getUsableSpace() {
            return drive.usable();
        }

        @Override
        public long getUnallocatedSpace() {
            return drive.usable();
        }

        @Override
        public boolean supportsFileAttributeView(Class<? extends FileAttributeView> type) {
            return type != FileAttributeView.class;
        }

        @Override
        public boolean supportsFileAttributeView(String name) {
            return supportedFileAttributeViews().contains(name);
        }

        @Override
        public <V extends FileStoreAttributeView> @Nullable V getFileStoreAttributeView(Class<V> type) {
            return null;
        }

        @Override
        public Object getAttribute(String attribute) {
            throw new UnsupportedOperationException();
        }
    }

    private final class Provider extends FileSystemProvider {
        @Override
        public String getScheme() {
            return "drive";
        }

        @Override
        public FileSystem newFileSystem(URI uri, Map<String, ?> settings) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileSystem getFileSystem(URI uri) {
            return DriveFiles.this;
        }

        @Override
        public Path getPath(URI uri) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
                throws IOException {
            begin(creates(options) ? Drive.Operation.CREATE : Drive.Operation.READ, path);
            boolean follow = !options.contains(LinkOption.NOFOLLOW_LINKS);
            return open(find(path, follow && !options.contains(StandardOpenOption.CREATE_NEW)), options);
        }

        @Override
        public SeekableByteChannel newByteChannel(
                Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
            return newFileChannel(path, options, attributes);
        }

        @Override
        public DirectoryStream<Path> newDirectoryStream(Path path, DirectoryStream.Filter<? super Path> filter)
                throws IOException {
            begin(Drive.Operation.READ, path);
            return new Directory(path, find(path, true).require(Inode.Kind.DIRECTORY), filter);
        }

        @Override
        public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
            begin(Drive.Operation.CREATE, path);
            Place at = find(path, false);
            at.requireFree();
            drive.create(at.directory, at.name, Inode.Kind.DIRECTORY, "");
        }

        @Override
        public void createSymbolicLink(Path link, Path target, FileAttribute<?>... attributes) throws IOException {
            begin(Drive.Operation.CREATE, link);
            Place at = find(link, false);
            at.requireFree();
            drive.create(at.directory, at.name, Inode.Kind.SYMLINK, target.toString());
        }

        @Override
        public void createLink(Path link, Path existing) throws IOException {
            begin(Drive.Operation.LINK, link);
            Place from = find(existing, false);
            Inode inode = from.require();
            if (inode.kind == Inode.Kind.DIRECTORY) {
                throw from.failure("Operation not permitted");
            }
            Place to = find(link, false);
            to.requireFree();
            drive.link(to.directory, to.name, inode);
        }

        @Override
        public Path readSymbolicLink(Path link) throws IOException {
            begin(Drive.Operation.READ, link);
            return DriveFiles.this.getPath(find(link, false).require(Inode.Kind.SYMLINK).target);
        }

        @Override
        public void delete(Path path) throws IOException {
            begin(Drive.Operation.DELETE, path);
            Place at = find(path, false);
            if (!at.require().entries.isEmpty()) {
                throw new DirectoryNotEmptyException(path.toString());
            }
            drive.unlink(at.directory, at.name);
        }

        @Override
        public void copy(Path source, Path target, CopyOption... options) {
            throw new UnsupportedOperationException();
        }

        /** Replaces what has the new name, as any atomic move of Unix does. */
        @Override
        public void move(Path source, Path target, CopyOption... options) throws IOException {
            begin(Drive.Operation.RENAME, source);
            Place from = find(source, false);
            Inode moved = from.require();
            Place to = find(target, false);
            if (to.found == moved) {
                return;
            }
            if (target.startsWith(source)) {
                throw from.failure("Invalid argument");
            }
            if (to.found != null && !to.found.entries.isEmpty()) {
                throw to.failure("Directory not empty");
            }
            if (to.found != null && (to.found.kind == Inode.Kind.DIRECTORY) != (moved.kind == Inode.Kind.DIRECTORY)) {
                throw to.failure(to.found.kind == Inode.Kind.DIRECTORY ? "Is a directory" : "Not a directory");
            }
            drive.rename(from.directory, from.name, to.directory, to.name);
        }

        @Override
        public boolean isSameFile(Path path, Path other) throws IOException {
            begin(Drive.Operation.READ, path);
            return find(path, true).require() == find(other, true).require();
        }

        @Override
        public boolean isHidden(Path path) {
            return false;
        }

        @Override
        public FileStore getFileStore(Path path) {
            return new Store();
        }

        @Override
        public void checkAccess(Path path, AccessMode... modes) throws IOException {
            begin(Drive.Operation.READ, path);
            find(path, true).require();
        }

        @Override
        public <V extends FileAttributeView> @Nullable V getFileAttributeView(
                Path path, Class<V> type, LinkOption... options) {
            return view(type, () -> {
                begin(Drive.Operation.READ, path);
                return find(path, options).require();
            });
        }

        @Override
        public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
                throws IOException {
            if (type != BasicFileAttributes.class) {
                throw new UnsupportedOperationException();
            }
            begin(Drive.Operation.READ, path);
            return type.cast(Attributes.of(find(path, options).require()));
        }

        @Override
        public Map<String, Object> readAttributes(Path path, String attribute, LinkOption... options)
                throws IOException {
            begin(Drive.Operation.READ, path);
            Inode inode = find(path, options).require();
            return switch (attribute) {
                case "unix:nlink" -> Map.of("nlink", inode.links);
                case "unix:ino" -> Map.of("ino", inode.number);
                case "unix:blocks" -> Map.of("blocks", inode.blocks());
                default -> throw new UnsupportedOperationException(attribute);
            };
        }

        @Override
        public void setAttribute(Path path, String attribute, Object value, LinkOption... options) {
            throw new UnsupportedOperationException();
        }
    }
}
