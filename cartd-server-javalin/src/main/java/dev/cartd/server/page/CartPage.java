package dev.cartd.server.page;

import dev.cartd.server.view.BundleLinks;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.jetty.http.HttpStatus;

/**
 * What a page shows. All texts are visible, none is escaped.
 *
 * @param uid the uid
 * @param number the number of the cart; 0 if none is known
 * @param words what it says about the state
 * @param statics the files that it refers to
 * @param contact whom to ask
 * @param reason why the cart failed or was removed, or why the server cannot answer; may be empty
 * @param message what the cart waits for; may be empty
 * @param since when the cart was removed, or became ready
 * @param keptUntil until when it is certainly kept
 * @param progress how far it is
 * @param links the addresses of what belongs to it; empty if there is no cart
 * @param commands command lines for those who like them
 * @param files its files; empty if there is no cart
 */
record CartPage(
        String uid,
        long number,
        Words words,
        StaticFiles statics,
        Contact contact,
        String reason,
        String message,
        Optional<Moment> since,
        Optional<Moment> keptUntil,
        Progress progress,
        Optional<Links> links,
        List<Command> commands,
        Optional<Files> files) {

    /**
     * How far a cart is.
     *
     * @param files how many files it has
     * @param staged how many are here
     * @param onTape how many the archive brings from tape
     * @param failed how many failed
     * @param bytes how many bytes it has; negative if that is not known yet
     * @param stagedBytes how many are here
     * @param earliest when it is expected to be complete at the earliest; empty if nobody can know it
     * @param latest when it is expected to be complete at the latest
     */
    record Progress(
            int files,
            int staged,
            int onTape,
            int failed,
            long bytes,
            long stagedBytes,
            Optional<Moment> earliest,
            Optional<Moment> latest) {
        static final Progress NONE = new Progress(0, 0, 0, 0, 0, 0, Optional.empty(), Optional.empty());
    }

    /**
     * The addresses of a cart.
     *
     * @param isSingle whether each file has an address of its own
     * @param manifests the address of a manifest for each type of hash
     */
    record Links(
            String page,
            String self,
            String events,
            BundleLinks bundles,
            boolean isSingle,
            String metalink,
            String files,
            List<Manifest> manifests) {}

    /**
     * A list of hashes.
     *
     * @param type the type of the hashes
     * @param command the program that checks them; empty if there is none that everybody has
     */
    record Manifest(String type, String link, String command) {}

    /** A command line, and what it is for. */
    record Command(String title, String text) {}

    /**
     * The files that a page shows.
     *
     * @param folders the folders of a cart whose files are not all on the page; empty otherwise
     * @param isCounting whether these folders are being counted
     * @param first the address of the first page; empty on it
     * @param next the address of the next page; empty on the last one
     */
    record Files(FileTree tree, Optional<Folders.Counted> folders, boolean isCounting, String first, String next) {}

    /**
     * A moment.
     *
     * @param iso for programs
     * @param text for people, in UTC
     */
    record Moment(String iso, String text) {
        private static final DateTimeFormatter TEXT = DateTimeFormatter.ofPattern(
                        "d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
                .withZone(ZoneOffset.UTC);

        static Moment of(Instant moment) {
            return new Moment(moment.toString(), TEXT.format(moment));
        }
    }

    /** The status of the page at its own address. */
    int status() {
        return switch (words) {
            case WAITING, STAGING, BUNDLING, READY, ERROR -> HttpStatus.OK_200;
            case DELETED -> HttpStatus.GONE_410;
            case UNKNOWN -> HttpStatus.NOT_FOUND_404;
            case AWAY -> HttpStatus.SERVICE_UNAVAILABLE_503;
        };
    }

    /** The status of a download of the cart, which the page stands for. */
    int statusOfDownload() {
        return switch (words) {
            case WAITING, STAGING, BUNDLING -> HttpStatus.ACCEPTED_202;
            case READY -> HttpStatus.OK_200;
            case ERROR -> HttpStatus.INTERNAL_SERVER_ERROR_500;
            case DELETED, UNKNOWN -> HttpStatus.NOT_FOUND_404;
            case AWAY -> HttpStatus.SERVICE_UNAVAILABLE_503;
        };
    }

    /** The uid without characters that hide or reorder others. */
    String name() {
        return Visible.text(uid);
    }
}
