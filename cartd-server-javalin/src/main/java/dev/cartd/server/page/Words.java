package dev.cartd.server.page;

import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartStatus;
import java.util.Locale;

/** The words of a page for each state: for people who know neither cartd nor tar. */
enum Words {
    WAITING(
            "waiting",
            "Waiting to begin",
            "Your files have been asked for. The service will soon begin to collect them from the archive."),
    STAGING("staging", "Collecting your files", "The service fetches your files from the archive and checks each one."),
    BUNDLING(
            "bundling",
            "Almost ready",
            "All files are here and checked. They are being put together for the download."),
    READY(
            "ready",
            "Ready to download",
            "All files were fetched from the archive and checked. Take them all at once, or one by one."),
    ERROR("error", "This did not work", "The service could not collect all of the files."),
    DELETED("deleted", "These files are no longer here", "They were here, and have been removed from this server."),
    UNKNOWN(
            "unknown",
            "There is nothing under this name",
            "The address may have a typing mistake. Or the files were here, and were removed long ago."),
    AWAY("away", "The service cannot answer now", "Nothing is lost. This page tries again by itself in a moment.");

    private final String state;
    private final String heading;
    private final String sentence;

    Words(String state, String heading, String sentence) {
        this.state = state;
        this.heading = heading;
        this.sentence = sentence;
    }

    /** The name of the state, for the script and the stylesheet. */
    String state() {
        return state;
    }

    /** The state in a few words. */
    String heading() {
        return heading;
    }

    /** What the state means, in a sentence or two. */
    String sentence() {
        return sentence;
    }

    /** Whether something is to come by itself. */
    boolean isInWork() {
        return this == WAITING || this == STAGING || this == BUNDLING;
    }

    /** The state of a file of a cart in this state; empty if all files are here. */
    static String state(CartFile file, CartStatus cart) {
        if (cart == CartStatus.READY) {
            return "";
        }
        return switch (file.status()) {
            case WAITING -> cart.inWork() ? "waiting" : "not here";
            case STAGING -> cart.inWork() ? (file.isOnTape() ? "on tape" : "on its way") : "not here";
            case STAGED -> "here";
            case ERROR -> "failed";
        };
    }

    /** A number of files, such as {@code 1 file} or {@code 12,000 files}. */
    static String files(int count) {
        return count == 1 ? "1 file" : number(count) + " files";
    }

    /** A number with commas between the thousands. */
    static String number(long number) {
        return String.format(Locale.ENGLISH, "%,d", number);
    }
}
