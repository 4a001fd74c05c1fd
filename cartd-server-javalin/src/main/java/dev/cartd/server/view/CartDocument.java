package dev.cartd.server.view;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.cartd.CartDetails;
import dev.cartd.cart.Cart;
import dev.cartd.cart.FileCounts;
import dev.cartd.cart.Wait;
import dev.cartd.server.carts.Carts;
import dev.cartd.server.http.OwnPaths;
import dev.cartd.server.http.Problems;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.eclipse.jetty.http.HttpStatus;

/** A cart as JSON, for programs and pages. What is not known is not in it. Safe for use by many threads. */
public final class CartDocument {
    private final Carts carts;
    private final Problems problems;
    private final Rates rates = new Rates(System::nanoTime);
    private final Counts counts = new Counts(System::nanoTime);

    /** Documents of these carts. */
    public CartDocument(Carts carts, Problems problems) {
        this.carts = carts;
        this.problems = problems;
    }

    /**
     * The document of a live cart.
     *
     * @throws dev.cartd.cart.CartException.Unavailable if the store cannot be reached in time
     */
    public String of(Cart cart) {
        CartDetails details = carts.details();
        FileCounts files = counts.of(cart, details);
        return Json.object(json -> {
            Instant now = details.now();
            summarize(json, cart, now);
            files(json, cart, files);
            bytes(json, cart);
            Optional<Wait> wait = waits(json, cart, now);
            if (wait.filter(known -> known.kind() == Wait.Kind.ROOM).isPresent()) {
                place(json, details.place(cart));
            }
            Optional<Rates.Rate> rate = rate(cart, now);
            if (rate.isPresent()) {
                rate(json, cart, files, rate.get(), now);
            }
            links(json, cart, files);
        });
    }

    /** The document of the carts of a list. */
    public String list(CartSearch.Found found) {
        Instant now = carts.details().now();
        return Json.object(json -> {
            json.writeArrayFieldStart("carts");
            for (Cart cart : found.carts()) {
                json.writeStartObject();
                summarize(json, cart, now);
                Json.object(json, "files", inside -> {
                    inside.writeNumberField("total", cart.progress().files());
                    inside.writeNumberField("staged", cart.progress().staged());
                });
                bytes(json, cart);
                waits(json, cart, now);
                json.writeStringField("link", new OwnPaths(cart.uid()).cart());
                json.writeEndObject();
            }
            json.writeEndArray();
            Json.text(json, "next", found.next().isEmpty() ? "" : "/-/carts" + found.next());
        });
    }

    private void summarize(JsonGenerator json, Cart cart, Instant now) throws IOException {
        identify(json, cart);
        Json.text(json, "reason", cart.status().inWork() ? "" : cart.reason());
        Json.text(json, "message", carts.message(cart));
        moments(json, cart, now);
        json.writeStringField("form", cart.bundle() ? "tar" : "tree");
    }

    private static Optional<Wait> waits(JsonGenerator json, Cart cart, Instant now) throws IOException {
        Optional<Wait> wait = cart.waitsFor(now);
        if (wait.isPresent()) {
            wait(json, cart, wait.get(), now);
        }
        return wait;
    }

    /**
     * How many files of a live cart are in each state.
     *
     * @throws dev.cartd.cart.CartException.Unavailable if the store cannot be reached in time
     */
    public FileCounts counts(Cart cart) {
        return counts.of(cart, carts.details());
    }

    /** When a live cart, whose files are counted, is expected to have all of its bytes; empty if nobody can know it. */
    public Optional<ExpectedEnd> expectedEnd(Cart cart, FileCounts files) {
        Instant now = carts.details().now();
        return rate(cart, now).flatMap(rate -> ExpectedEnd.of(cart, files, rate, now));
    }

    private Optional<Rates.Rate> rate(Cart cart, Instant now) {
        Optional<Rates.Rate> rate = rates.look(cart);
        // A cart that waits does not come on, whatever its rate was.
        return cart.waitsFor(now).isPresent() ? Optional.empty() : rate;
    }

    /** The document of a deleted cart. It is an error document too. */
    public String gone(Cart cart) {
        return Json.object(json -> {
            problems.describe(json, HttpStatus.GONE_410, goneMessage(cart));
            identify(json, cart);
            Json.text(json, "reason", cart.reason());
            Json.moment(json, "created", cart.created());
            Json.moment(json, "since", cart.updated());
        });
    }

    /** The message about a deleted cart for people. */
    public static String goneMessage(Cart cart) {
        String reason = cart.reason().isEmpty() ? "" : ": " + cart.reason();
        return "The cart was deleted at " + Json.moment(cart.updated()) + reason;
    }

    private static void identify(JsonGenerator json, Cart cart) throws IOException {
        json.writeStringField("uid", cart.uid());
        json.writeNumberField("number", cart.id());
        json.writeStringField("state", cart.status().word());
    }

    private static void moments(JsonGenerator json, Cart cart, Instant now) throws IOException {
        Json.moment(json, "created", cart.created());
        Optional<Instant> since = switch (cart.status()) {
            case WAITING -> Optional.of(cart.created());
            case READY -> cart.ready();
            case STAGING, BUNDLING, ERROR, DELETED -> Optional.empty();
        };
        if (since.isPresent()) {
            Json.moment(json, "since", since.get());
        }
        Json.moment(json, "updated", cart.updated());
        Optional<Instant> kept = cart.kept().filter(now::isBefore);
        if (kept.isPresent()) {
            Json.moment(json, "keptUntil", kept.get());
        }
    }

    private static void files(JsonGenerator json, Cart cart, FileCounts files) throws IOException {
        Json.object(json, "files", inside -> {
            inside.writeNumberField("total", cart.progress().files());
            inside.writeNumberField("waiting", files.waiting());
            inside.writeNumberField("staging", files.staging());
            inside.writeNumberField("tape", files.tape());
            inside.writeNumberField("staged", files.staged());
            inside.writeNumberField("error", files.error());
        });
    }

    private static void bytes(JsonGenerator json, Cart cart) throws IOException {
        Json.object(json, "bytes", inside -> {
            if (cart.progress().bytes().isPresent()) {
                inside.writeNumberField("total", cart.progress().bytes().getAsLong());
            }
            inside.writeNumberField("staged", cart.progress().stagedBytes());
        });
    }

    private static void wait(JsonGenerator json, Cart cart, Wait wait, Instant now) throws IOException {
        Json.object(json, "waitsFor", inside -> {
            inside.writeStringField("kind", wait.kind().word());
            Json.moment(inside, "since", wait.since());
            Optional<Instant> until = cart.waitsUntil(now);
            if (until.isPresent()) {
                Json.moment(inside, "until", until.get());
            }
            Json.text(inside, "detail", wait.detail());
        });
    }

    private static void place(JsonGenerator json, Optional<CartDetails.Place> place) throws IOException {
        if (place.isPresent()) {
            Json.object(json, "roomQueue", inside -> {
                inside.writeNumberField("place", place.get().place());
                inside.writeNumberField("length", place.get().length());
                inside.writeNumberField("bytes", place.get().bytes());
            });
        }
    }

    private static void rate(JsonGenerator json, Cart cart, FileCounts files, Rates.Rate rate, Instant now)
            throws IOException {
        Json.object(json, "rate", inside -> {
            inside.writeNumberField("bytesPerSecond", rate.perSecond());
            inside.writeNumberField("seconds", rate.over().toSeconds());
        });
        Optional<ExpectedEnd> end = ExpectedEnd.of(cart, files, rate, now);
        if (end.isPresent()) {
            Json.object(json, "expectedEnd", inside -> {
                Json.moment(inside, "at", end.get().at());
                Json.moment(inside, "earliest", end.get().earliest());
                Json.moment(inside, "latest", end.get().latest());
            });
        }
    }

    private static void links(JsonGenerator json, Cart cart, FileCounts files) throws IOException {
        OwnPaths paths = new OwnPaths(cart.uid());
        BundleLinks bundles = BundleLinks.of(paths, cart, files);
        String tar = bundles.tarName();
        Json.object(json, "links", inside -> {
            inside.writeStringField("self", paths.cart());
            inside.writeStringField("tar", bundles.tar());
            Json.text(inside, "zip", bundles.zip().orElse(""));
            Json.text(inside, "bagit", bundles.bag().orElse(""));
            inside.writeStringField("files", paths.files());
            inside.writeStringField("metalink", paths.metalink(tar));
            Json.object(inside, "manifests", manifests -> {
                for (String type : files.hashTypes()) {
                    manifests.writeStringField(type, paths.manifest(tar, type));
                }
            });
            inside.writeStringField("events", paths.events());
        });
    }
}
