package dev.cartd.server;

import dev.cartd.cart.CartException;
import dev.cartd.server.access.SignedLink;
import dev.cartd.server.http.OwnPaths;
import dev.cartd.spi.CartOwners;
import java.time.Instant;
import java.util.Optional;

/** A new link to the carts of a uid: a secret, with which anybody can read them until it ends. Immutable. */
public final class NewLink {
    private final OwnPaths paths;

    private NewLink(OwnPaths paths) {
        this.paths = paths;
    }

    /**
     * Makes a link.
     *
     * @param owners the owners that the server asks
     * @param until when it ends, in whole seconds
     * @throws CartException.Unavailable if the owners cannot be asked now
     */
    public static NewLink of(CartOwners owners, String uid, Instant until) {
        return new NewLink(new OwnPaths(uid, Optional.of(SignedLink.make(owners, uid, until))));
    }

    /** The path and query of the page. */
    public String page() {
        return paths.page();
    }

    /** The path and query of the tar. */
    public String tar() {
        return paths.tar();
    }
}
