package dev.cartd.server.http;

import dev.cartd.server.connection.RawPath;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The paths of a cart: that of its tar, and those of the server's own resources, which begin with {@code /-/}. */
public final class OwnPaths {
    private final String uid;
    private final Optional<String> link;

    /** The paths of the carts of this uid, which may be any text. */
    public OwnPaths(String uid) {
        this(uid, Optional.empty());
    }

    /**
     * The paths of the carts of this uid, for somebody who reads them by a link.
     *
     * @param link the signature of the link, of characters that need no escapes; empty for no link
     */
    public OwnPaths(String uid, Optional<String> link) {
        this.uid = RawPath.encode(uid);
        this.link = link;
    }

    private String linked(String path) {
        return link.map(signature -> path + (path.contains("?") ? "&" : "?") + "link=" + signature)
                .orElse(path);
    }

    /** The path of the tar under this file name. */
    public String tar(String filename) {
        return linked("/" + uid + "?filename=" + RawPath.encode(filename));
    }

    /** The path of the tar under a file name that the server chooses. */
    public String tar() {
        return linked("/" + uid);
    }

    /** The path of the zip under this file name. */
    public String zip(String filename) {
        return tar(filename) + "&format=zip";
    }

    /** The path of the bag under this file name. */
    public String bag(String filename) {
        return tar(filename) + "&format=bagit";
    }

    /** The path of the cart itself. */
    public String cart() {
        return linked(bare());
    }

    private String bare() {
        return "/-/carts/" + uid;
    }

    /** The path of the page about the cart. */
    public String page() {
        return linked(bare() + "/");
    }

    /** The path of the page that shows the files of the cart of a number that follow this one. */
    public String page(long number, long after) {
        return linked(bare() + "/?number=" + number + "&after=" + after);
    }

    /** The path of the pages of files. */
    public String files() {
        return linked(bare() + "/files");
    }

    /** The path of one file. */
    public String file(String path) {
        return linked(Arrays.stream(path.split("/"))
                .map(RawPath::encode)
                .collect(Collectors.joining("/", bare() + "/files/", "")));
    }

    /**
     * The path of the manifest, which names files as the tar of this file name does.
     *
     * @param filename may be empty
     */
    public String manifest(String filename) {
        return linked(bare() + "/manifest" + query(filename));
    }

    /**
     * The path of the manifest of one type of hash, which names files as the tar of this file name does.
     *
     * @param filename not empty
     */
    public String manifest(String filename, String type) {
        return linked(bare() + "/manifest" + query(filename) + "&type=" + type);
    }

    /**
     * The path of the Metalink document, which names files as the tar of this file name does.
     *
     * @param filename may be empty
     */
    public String metalink(String filename) {
        return linked(bare() + "/metalink" + query(filename));
    }

    /** The path of the events. */
    public String events() {
        return linked(bare() + "/events");
    }

    /**
     * The value of a {@code Link} header that points from the tar of this file name to its manifest and Metalink.
     *
     * @param filename a file name of at most a few hundred characters; may be empty
     */
    public String links(String filename) {
        return link(metalink(filename), "application/metalink4+xml") + ", " + link(manifest(filename), "text/plain");
    }

    private static String link(String path, String type) {
        return "<" + path + ">; rel=\"describedby\"; type=\"" + type + "\"";
    }

    private static String query(String filename) {
        return filename.isEmpty() ? "" : "?filename=" + RawPath.encode(filename);
    }
}
