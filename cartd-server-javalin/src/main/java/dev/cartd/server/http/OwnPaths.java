package dev.cartd.server.http;

import dev.cartd.server.connection.RawPath;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The paths of a cart: that of its tar, and those of the server's own resources, which begin with {@code /-/}. */
public final class OwnPaths {
    private final String uid;

    /** The paths of the carts of this uid, which may be any text. */
    public OwnPaths(String uid) {
        this.uid = RawPath.encode(uid);
    }

    /** The path of the tar under this file name. */
    public String tar(String filename) {
        return "/" + uid + "?filename=" + RawPath.encode(filename);
    }

    /** The path of the cart itself. */
    public String cart() {
        return "/-/carts/" + uid;
    }

    /** The path of the page about the cart. */
    public String page() {
        return cart() + "/";
    }

    /** The path of the pages of files. */
    public String files() {
        return cart() + "/files";
    }

    /** The path of one file. */
    public String file(String path) {
        return Arrays.stream(path.split("/")).map(RawPath::encode).collect(Collectors.joining("/", files() + "/", ""));
    }

    /**
     * The path of the manifest, which names files as the tar of this file name does.
     *
     * @param filename may be empty
     */
    public String manifest(String filename) {
        return cart() + "/manifest" + query(filename);
    }

    /**
     * The path of the manifest of one type of hash, which names files as the tar of this file name does.
     *
     * @param filename not empty
     */
    public String manifest(String filename, String type) {
        return manifest(filename) + "&type=" + type;
    }

    /**
     * The path of the Metalink document, which names files as the tar of this file name does.
     *
     * @param filename may be empty
     */
    public String metalink(String filename) {
        return cart() + "/metalink" + query(filename);
    }

    /** The path of the events. */
    public String events() {
        return cart() + "/events";
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
