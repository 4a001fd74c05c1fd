package dev.cartd.server.page;

import dev.cartd.server.http.Refused;
import org.eclipse.jetty.http.HttpStatus;

/**
 * What a page says to a browser that is not let in.
 *
 * @param heading what is the matter, in a few words
 * @param sentence what is the matter
 * @param advice what to do about it
 */
record ClosedPage(String heading, String sentence, String advice, StaticFiles statics, Contact contact) {
    /**
     * The page for a request that is refused.
     *
     * @param refused with the status 401 or 403
     * @param hasLink whether the request has a link, which did not let it in
     * @param isOfCart whether it is about a cart, and not about the server
     */
    static ClosedPage of(Refused refused, boolean hasLink, boolean isOfCart, StaticFiles statics, Contact contact) {
        if (!isOfCart && refused.status() == HttpStatus.FORBIDDEN_403) {
            return new ClosedPage(
                    "For those who run the server",
                    refused.getMessage() + ".",
                    "If you look for a cart, open the link that you got for it.",
                    statics,
                    contact);
        }
        if (refused.status() == HttpStatus.FORBIDDEN_403) {
            return new ClosedPage(
                    "This cart is somebody else's",
                    "Only the person who asked for it can open it.",
                    "That person can make a link for you.",
                    statics,
                    contact);
        }
        return hasLink
                ? new ClosedPage(
                        "This link does not work",
                        "Links work for some time only. This one has ended, or a part of it is missing.",
                        "Open the whole link, as it was sent to you. If that does not help, ask whoever sent it for"
                                + " another one.",
                        statics,
                        contact)
                : new ClosedPage(
                        "You need a link",
                        "This address alone opens nothing.",
                        "If somebody sent you a link to a cart, open the whole link, to its last character. If nobody"
                                + " did, ask for one where you asked for the files.",
                        statics,
                        contact);
    }
}
