package dev.cartd.server.page;

import dev.cartd.CartDetails;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.FileCounts;
import dev.cartd.cart.FileStatus;
import dev.cartd.server.carts.Carts;
import dev.cartd.server.http.Exchange;
import dev.cartd.server.http.OwnPaths;
import dev.cartd.server.http.ServerAddress;
import dev.cartd.server.view.BundleLinks;
import dev.cartd.server.view.CartDocument;
import dev.cartd.server.view.ExpectedEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes the pages of carts. Safe for use by many threads. */
final class CartPages {
    private static final int MOST_FILES = 300;

    /** A page shows fewer files if their names and addresses take so many bytes. */
    private static final int FULL = 180_000;

    /** How many bytes of HTML a file or a folder takes beside its name and its address. */
    private static final int EACH = 160;

    /** The programs that check manifests, by the type of their hashes. */
    private static final Map<String, String> CHECKERS = Map.of(
            "md5",
            "md5sum",
            "sha1",
            "sha1sum",
            "sha224",
            "sha224sum",
            "sha256",
            "sha256sum",
            "sha384",
            "sha384sum",
            "sha512",
            "sha512sum",
            "blake2b",
            "b2sum");

    private final Carts carts;
    private final CartDocument document;
    private final StaticFiles statics;
    private final Contact contact;
    private final Folders folders = new Folders();

    /**
     * What a client asks for. It is read from the request at once, since Jetty may discard the request if the client
     * goes.
     *
     * @param server how the client calls this server; empty if it does not say
     * @param number the cart whose files are asked for; 0 for any
     * @param after the number of the last file of the page before; 0 for the first page
     * @param paths the paths of the carts for this client
     */
    record Asked(String uid, Optional<String> server, long number, long after, OwnPaths paths) {
        static Asked of(Exchange exchange, String uid) {
            return new Asked(
                    uid,
                    ServerAddress.of(exchange.request()),
                    number(exchange.parameter("number")),
                    number(exchange.parameter("after")),
                    exchange.paths(uid));
        }

        /** A number that cannot be is none: a page is for people, who would not know what to do about it. */
        private static long number(Optional<String> text) {
            return text.filter(digits -> digits.matches("[0-9]{1,18}"))
                    .map(Long::parseLong)
                    .orElse(0L);
        }
    }

    CartPages(Carts carts, CartDocument document, StaticFiles statics, Contact contact) {
        this.carts = carts;
        this.document = document;
        this.statics = statics;
        this.contact = contact;
    }

    /** The page that says that the server cannot answer now. */
    CartPage away(Asked asked, CartException.Unavailable why) {
        return without(asked, 0, Words.AWAY, why.getMessage(), Optional.empty());
    }

    /**
     * The page of a cart.
     *
     * @param cart the newest live cart of the uid
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    CartPage of(Asked asked, Optional<Cart> cart) {
        return cart.map(live -> live(asked, live)).orElseGet(() -> none(asked));
    }

    private CartPage none(Asked asked) {
        return carts.details()
                .deleted(asked.uid())
                .map(gone -> without(
                        asked,
                        gone.id(),
                        Words.DELETED,
                        gone.reason(),
                        Optional.of(CartPage.Moment.of(gone.updated()))))
                .orElseGet(() -> without(asked, 0, Words.UNKNOWN, "", Optional.empty()));
    }

    private CartPage without(Asked asked, long number, Words words, String reason, Optional<CartPage.Moment> since) {
        return new CartPage(
                asked.uid(),
                number,
                words,
                statics,
                contact,
                Visible.text(reason),
                "",
                since,
                Optional.empty(),
                CartPage.Progress.NONE,
                Optional.empty(),
                List.of(),
                Optional.empty());
    }

    private CartPage live(Asked asked, Cart cart) {
        CartDetails details = carts.details();
        FileCounts counts = document.counts(cart);
        CartPage.Links links = links(asked.paths(), cart, counts);
        return new CartPage(
                asked.uid(),
                cart.id(),
                words(cart.status()),
                statics,
                contact,
                cart.status() == CartStatus.ERROR ? Visible.text(cart.reason()) : "",
                cart.status().inWork() ? Visible.text(carts.message(cart)) : "",
                cart.status() == CartStatus.READY ? cart.ready().map(CartPage.Moment::of) : Optional.empty(),
                cart.kept().filter(details.now()::isBefore).map(CartPage.Moment::of),
                progress(cart, counts),
                Optional.of(links),
                cart.status() == CartStatus.READY ? commands(asked, links) : List.of(),
                Optional.of(files(asked, cart, details)));
    }

    private static Words words(CartStatus status) {
        return switch (status) {
            case WAITING -> Words.WAITING;
            case STAGING -> Words.STAGING;
            case BUNDLING -> Words.BUNDLING;
            case READY -> Words.READY;
            case ERROR -> Words.ERROR;
            case DELETED -> Words.DELETED;
        };
    }

    private CartPage.Progress progress(Cart cart, FileCounts counts) {
        Optional<ExpectedEnd> end = document.expectedEnd(cart, counts);
        return new CartPage.Progress(
                cart.progress().files(),
                cart.progress().staged(),
                counts.tape(),
                counts.error(),
                cart.progress().bytes().orElse(-1),
                cart.progress().stagedBytes(),
                end.map(known -> CartPage.Moment.of(known.earliest())),
                end.map(known -> CartPage.Moment.of(known.latest())));
    }

    private static CartPage.Links links(OwnPaths paths, Cart cart, FileCounts counts) {
        BundleLinks bundles = BundleLinks.of(paths, cart, counts);
        String tar = bundles.tarName();
        return new CartPage.Links(
                paths.page(),
                paths.cart(),
                paths.events(),
                bundles,
                BundleLinks.hasFiles(cart),
                paths.metalink(tar),
                paths.files(),
                counts.hashTypes().stream()
                        .map(type ->
                                new CartPage.Manifest(type, paths.manifest(tar, type), CHECKERS.getOrDefault(type, "")))
                        .toList());
    }

    private static List<CartPage.Command> commands(Asked asked, CartPage.Links links) {
        if (asked.server().isEmpty()) {
            return List.of();
        }
        String server = asked.server().get();
        BundleLinks bundles = links.bundles();
        String name = bundles.tarName().substring(0, bundles.tarName().length() - ".tar".length());
        List<CartPage.Command> commands = new ArrayList<>();
        commands.add(new CartPage.Command(
                "Everything as one file; run it again to go on after an interruption",
                curl("-C - ", bundles.tarName(), server + bundles.tar())));
        commands.add(new CartPage.Command(
                "All files at once over several connections, each one checked, with aria2",
                curl("", name + ".meta4", server + links.metalink()) + "\naria2c -M " + quoted(name + ".meta4")));
        commands.add(new CartPage.Command(
                "The same with cartd itself", "cartd get \"" + server + links.page() + "\" " + quoted(name)));
        for (CartPage.Manifest manifest : links.manifests()) {
            if (!manifest.command().isEmpty()) {
                String list = name + "." + manifest.type();
                commands.add(new CartPage.Command(
                        "Check the files that you unpacked (" + manifest.type() + ")",
                        curl("", list, server + manifest.link()) + "\n" + manifest.command() + " -c " + quoted(list)));
            }
        }
        return commands;
    }

    private static String curl(String options, String file, String address) {
        // An address has nothing in it that a shell would read, in double quotes, which Windows has too.
        return "curl " + options + "-o " + quoted(file) + " \"" + address + '"';
    }

    /** A file name as a word of a shell. */
    private static String quoted(String name) {
        boolean isPlain = name.matches("[A-Za-z0-9_][A-Za-z0-9._~-]*");
        return isPlain ? name : "'./" + Visible.text(name).replace("'", "'\\''") + "'";
    }

    private CartPage.Files files(Asked asked, Cart cart, CartDetails details) {
        // The files of an older cart are not those of this one.
        long after = asked.number() == cart.id() ? asked.after() : 0;
        List<CartFile> page = details.files(cart, after, Optional.empty(), MOST_FILES);
        OwnPaths paths = asked.paths();
        int shown = 0;
        for (int size = 0; shown < page.size() && size < FULL; shown++) {
            CartFile file = page.get(shown);
            size += bytes(file, link(cart, file, paths));
        }
        List<CartFile> files = page.subList(0, shown);
        boolean isLast = shown < MOST_FILES && shown == page.size();
        boolean isWhole = isLast && after == 0;
        Optional<Folders.Counted> counted = isWhole ? Optional.empty() : folders.of(cart, details);
        return new CartPage.Files(
                FileTree.of(files, file -> link(cart, file, paths), cart.status()),
                counted,
                !isWhole && counted.isEmpty() && Folders.isCountable(cart),
                after == 0 ? "" : paths.page() + "#files",
                isLast ? "" : paths.page(cart.id(), files.get(shown - 1).id()) + "#files");
    }

    /** How many bytes of HTML a file takes in its own folders. */
    private static int bytes(CartFile file, String link) {
        String path = FileTree.path(file);
        int names = 1 + (int) path.chars().filter(c -> c == '/').count();
        return EACH * names + link.length() + Visible.bytes(path) + Visible.bytes(file.reason());
    }

    /** The address of a file; empty if it cannot be downloaded now. */
    private static String link(Cart cart, CartFile file, OwnPaths paths) {
        boolean isThere = cart.status() == CartStatus.READY
                || (file.status() == FileStatus.STAGED && cart.durability().isTrusted());
        return isThere && BundleLinks.hasFiles(cart)
                ? file.bundlePath().map(path -> paths.file(path.value())).orElse("")
                : "";
    }
}
