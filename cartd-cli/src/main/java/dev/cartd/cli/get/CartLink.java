package dev.cartd.cli.get;

import dev.cartd.cart.BundlePath;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import okhttp3.Credentials;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** Where a cart is: the server, which may be below a path of a proxy, and the uid. Never shows the password, or
 * the signature of a link that ends. */
final class CartLink {
    private final HttpUrl server;
    private final String uid;
    private final Optional<String> authorization;
    private final Optional<String> signature;

    private CartLink(HttpUrl url, List<String> path, String uid) {
        HttpUrl.Builder bare = url.newBuilder()
                .username("")
                .password("")
                .encodedPath("/")
                .query(null)
                .fragment(null);
        path.forEach(bare::addPathSegment);
        this.server = bare.build();
        this.uid = uid;
        this.signature = Optional.ofNullable(url.queryParameter("link"));
        this.authorization = url.username().isEmpty()
                ? Optional.empty()
                : Optional.of(Credentials.basic(url.username(), url.password(), StandardCharsets.UTF_8));
    }

    /**
     * Reads the link of a cart: {@code http://host/uid}, or an address of the cart below {@code /-/carts/}.
     *
     * @throws IllegalArgumentException if it cannot be one
     */
    static CartLink parse(String text) {
        HttpUrl url = url(text);
        List<String> path = path(url);
        int carts = path.lastIndexOf("carts");
        boolean isOwn = carts > 0 && path.get(carts - 1).equals("-") && carts + 1 < path.size();
        if (!isOwn && path.isEmpty()) {
            throw new IllegalArgumentException("the link of a cart ends with its uid: http://host/uid");
        }
        return isOwn
                ? new CartLink(url, path.subList(0, carts - 1), path.get(carts + 1))
                : new CartLink(url, path.subList(0, path.size() - 1), path.get(path.size() - 1));
    }

    /**
     * The cart of a uid on the server with this address.
     *
     * @throws IllegalArgumentException if it cannot be one
     */
    static CartLink of(String server, String uid) {
        HttpUrl url = url(server);
        return new CartLink(url, path(url), uid);
    }

    private static HttpUrl url(String text) {
        @Nullable HttpUrl url = HttpUrl.parse(text);
        if (url == null) {
            throw new IllegalArgumentException("the address must begin with http:// or https:// and a host");
        }
        return url;
    }

    private static List<String> path(HttpUrl url) {
        List<String> path = new ArrayList<>(url.pathSegments());
        path.removeIf(String::isEmpty);
        return path;
    }

    String uid() {
        return uid;
    }

    /** The value of the header {@code Authorization}, if the link has a user name. */
    Optional<String> authorization() {
        return authorization;
    }

    /** The address of the tar, and of the request that makes the cart. */
    HttpUrl cart() {
        return below(uid).build();
    }

    HttpUrl tar(String filename) {
        return below(uid).addQueryParameter("filename", filename).build();
    }

    HttpUrl view() {
        return below("-", "carts", uid).build();
    }

    /** A page of the files of a cart with this number. */
    HttpUrl page(long number, long after, Optional<String> state) {
        HttpUrl.Builder page = below("-", "carts", uid, "files")
                .addQueryParameter("number", Long.toString(number))
                .addQueryParameter("after", Long.toString(after))
                .addQueryParameter("limit", Integer.toString(FilePage.MOST));
        state.ifPresent(known -> page.addQueryParameter("state", known));
        return page.build();
    }

    HttpUrl file(BundlePath path) {
        HttpUrl.Builder file = below("-", "carts", uid, "files");
        path.segments().forEach(file::addPathSegment);
        return file.build();
    }

    private HttpUrl.Builder below(String... segments) {
        HttpUrl.Builder url = server.newBuilder();
        for (String segment : segments) {
            url.addPathSegment(segment);
        }
        signature.ifPresent(known -> url.addQueryParameter("link", known));
        return url;
    }

    @Override
    public String toString() {
        return cart().newBuilder().query(null).build().toString();
    }
}
