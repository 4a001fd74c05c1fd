package dev.cartd.bundle;

import dev.cartd.bundle.Member.Regular;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.Checksum;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

import static dev.cartd.bundle.TarHeader.BLOCK;

/**
 * The position of every byte in a cart's bag (RFC 8493), which is a tar: the top directory, the tag files, and then the
 * members of the cart's tar below the directory {@code data}. The manifest may be long, so it is in pieces of some
 * hundred lines that are made when they are read. Takes some forty bytes of memory for each member, besides the files.
 */
public final class BagLayout extends Layout {
    /** Part of every {@link #etag}; must be raised by any change that gives the same members other bytes. */
    static final String VERSION = "cartd-bag-1";

    private static final String DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
    private static final String DATA = "data";

    /** The members whose lines are in one piece of the manifest. */
    private static final int LINES = 512;

    private static final int END = 2 * BLOCK;

    /** Pieces: the top directory, the declaration, the info, and the header of the manifest. */
    private static final int MANIFEST = 3;

    /**
     * The tag files.
     *
     * @param type the type of all hashes in them
     * @param isComputed whether hashes of files were computed for the bag: then the checksums of the files do not
     *     determine its bytes, as far as anybody can prove
     * @param info the text of {@code bag-info.txt}
     * @param manifest the length of the manifest
     * @param tags the text of the tag manifest
     */
    private record TagFiles(String type, boolean isComputed, String info, long manifest, String tags) {
        String manifestName() {
            return "manifest-" + algorithm(type) + ".txt";
        }

        String tagsName() {
            return "tagmanifest-" + algorithm(type) + ".txt";
        }

        /** Determines the bytes of the bag, together with the files and the top directory. */
        String version() {
            return VERSION + '\n' + info + (isComputed ? '\n' + tags : "");
        }
    }

    private final TagFiles tagFiles;

    private BagLayout(String top, List<Member> members, TagFiles tagFiles, long[] known) {
        super(top, members, first(members), places(top, members, tagFiles, known), tagFiles.version());
        this.tagFiles = tagFiles;
    }

    /**
     * The files of a layout whose hashes must be computed before they can be in a bag. The manifest of a bag has hashes
     * of one type: that of the files, or SHA-256 if the files have several.
     *
     * @throws CartException.NoSuchForm if the hash of a file is none, or of a type that is not known
     */
    public static List<CartFile> lacking(Layout layout) {
        String type = type(layout.members).type();
        return layout.members.stream()
                .filter(Regular.class::isInstance)
                .map(member -> ((Regular) member).file())
                .filter(file -> file.hash(type).isEmpty())
                .toList();
    }

    /**
     * Lays out a bag of the files of another layout, under the same top directory. Both share the members in memory.
     *
     * @param day the day that the bag is from
     * @throws IllegalArgumentException if files are {@link #lacking} their hash
     * @throws CartException.NoSuchForm as {@link #lacking}
     * @throws CartException.Failed if the length of the bag does not fit into a long; the message names a file
     */
    public static BagLayout of(Layout layout, LocalDate day) {
        return new BagLayout(layout.top, layout.members, tagFiles(layout.members, day), new long[0]);
    }

    @Override
    public BagLayout under(String otherTop) {
        return name(otherTop).equals(top) ? this : new BagLayout(otherTop, members, tagFiles, starts);
    }

    private static TagFiles tagFiles(List<Member> members, LocalDate day) {
        Checksum one = type(members);
        boolean isComputed = false;
        MessageDigest digest = one.newDigest();
        long manifest = 0;
        long bytes = 0;
        long files = 0;
        for (int chunk = 0; chunk < chunks(members); chunk++) {
            byte[] lines = lines(members, one.type(), chunk);
            digest.update(lines);
            manifest += lines.length;
        }
        for (Member member : members) {
            bytes += member.size();
            files += member instanceof Regular ? 1 : 0;
            isComputed |= member instanceof Regular file
                    && !file.file().checksum().type().equals(one.type());
        }
        String info = "Bagging-Date: " + day + "\nPayload-Oxum: " + bytes + "." + files + "\n";
        String tags = hash(one, info) + "  bag-info.txt\n" + hash(one, DECLARATION) + "  bagit.txt\n"
                + HexFormat.of().formatHex(digest.digest()) + "  manifest-" + algorithm(one.type()) + ".txt\n";
        return new TagFiles(one.type(), isComputed, info, manifest, tags);
    }

    /** The hash type as the names of manifests have it. */
    private static String algorithm(String type) {
        return type.replaceAll("[^a-z0-9]", "");
    }

    private static String hash(Checksum type, String text) {
        return HexFormat.of().formatHex(type.newDigest().digest(bytes(text)));
    }

    /** A hash of the type that the manifest has. */
    private static Checksum type(List<Member> members) {
        Optional<Checksum> first = Optional.empty();
        TreeSet<String> types = new TreeSet<>();
        for (Member member : members) {
            if (member instanceof Regular file) {
                Checksum checksum = file.file().checksum();
                if (checksum.problem().isPresent()) {
                    throw new CartException.NoSuchForm("A bag needs the hash of every file, and that of file "
                            + file.path() + " is none: " + checksum.problem().get() + '.');
                }
                types.add(checksum.type());
                first = first.or(() -> Optional.of(checksum));
            }
        }
        return types.size() > 1
                ? new Checksum(Checksum.SHA256, "")
                : first.orElseThrow(() -> new CartException.NoSuchForm("The cart has no files."));
    }

    private static int chunks(List<Member> members) {
        return (members.size() + LINES - 1) / LINES;
    }

    /** The lines of the manifest for some members. */
    private static byte[] lines(List<Member> members, String type, int chunk) {
        StringBuilder lines = new StringBuilder();
        for (int i = chunk * LINES; i < Math.min((chunk + 1) * LINES, members.size()); i++) {
            if (members.get(i) instanceof Regular file) {
                // A path has no line breaks, which would be encoded too.
                lines.append(hash(file, type))
                        .append("  data/")
                        .append(file.path().replace("%", "%25"))
                        .append('\n');
            }
        }
        return bytes(lines.toString());
    }

    private static String hash(Regular file, String type) {
        return file.file()
                .hash(type)
                .orElseThrow(
                        () -> new IllegalArgumentException("the " + type + " of file " + file.path() + " is unknown"));
    }

    private static long linesLength(List<Member> members, String type, int chunk) {
        long length = 0;
        for (int i = chunk * LINES; i < Math.min((chunk + 1) * LINES, members.size()); i++) {
            if (members.get(i) instanceof Regular file) {
                String path = file.path();
                length += hash(file, type).length() + "  data/\n".length() + Utf8.length(path);
                for (int at = path.indexOf('%'); at >= 0; at = path.indexOf('%', at + 1)) {
                    length += 2;
                }
            }
        }
        return length;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The index of the piece of the first member. */
    private static int first(List<Member> members) {
        return MANIFEST + 1 + chunks(members) + 1;
    }

    private static long[] places(String top, List<Member> members, TagFiles tags, long[] known) {
        int chunks = chunks(members);
        int first = first(members);
        long mtime = members.get(0).mtime();
        long[] places = new long[first + members.size() + 2];
        places[1] = TarHeader.length(top + "/", 0, mtime);
        places[2] = places[1] + tagFileLength(top, "bagit.txt", DECLARATION.length(), mtime);
        places[MANIFEST] = places[2] + tagFileLength(top, "bag-info.txt", tags.info.length(), mtime);
        places[MANIFEST + 1] =
                places[MANIFEST] + TarHeader.length(top + "/" + tags.manifestName(), tags.manifest, mtime);
        for (int i = 0; i < chunks; i++) {
            places[MANIFEST + 2 + i] = places[MANIFEST + 1 + i] + linesLength(members, tags.type, i);
        }
        places[first - 1] = TarLayout.padded(places[first - 1]);
        places[first] = places[first - 1] + tagFileLength(top, tags.tagsName(), tags.tags.length(), mtime);
        for (int i = 0; i < members.size(); i++) {
            places[first + i + 1] = TarLayout.after(top + "/" + DATA, members.get(i), places[first + i]);
        }
        places[first + members.size() + 1] = places[first + members.size()] + END;
        return Arrays.equals(places, known) ? known : places;
    }

    private static long tagFileLength(String top, String name, int size, long mtime) {
        return TarHeader.length(top + "/" + name, size, mtime) + TarLayout.padded(size);
    }

    @Override
    long room(long size) {
        return TarLayout.padded(size);
    }

    @Override
    byte[] makeHeader(int piece) {
        int first = first(members);
        if (piece >= first + members.size()) {
            return new byte[END];
        }
        if (piece >= first) {
            Member member = members.get(piece - first);
            return TarHeader.bytes(member.name(top + "/" + DATA), member.size(), member.mtime());
        }
        return makeTagPiece(piece, first);
    }

    private byte[] makeTagPiece(int piece, int first) {
        if (piece == first - 1) {
            return tagFile(tagFiles.tagsName(), tagFiles.tags);
        }
        return switch (piece) {
            case 0 -> tagHeader("", 0);
            case 1 -> tagFile("bagit.txt", DECLARATION);
            case 2 -> tagFile("bag-info.txt", tagFiles.info);
            case MANIFEST -> tagHeader(tagFiles.manifestName(), tagFiles.manifest);
            // The last lines have the padding behind them.
            default ->
                Arrays.copyOf(lines(members, tagFiles.type, piece - MANIFEST - 1), (int) (next(piece) - start(piece)));
        };
    }

    private byte[] tagFile(String name, String text) {
        byte[] header = tagHeader(name, text.length());
        byte[] padded = Arrays.copyOf(header, header.length + (int) TarLayout.padded(text.length()));
        System.arraycopy(bytes(text), 0, padded, header.length, text.length());
        return padded;
    }

    private byte[] tagHeader(String name, long size) {
        return TarHeader.bytes(top + "/" + name, size, members.get(0).mtime());
    }
}
