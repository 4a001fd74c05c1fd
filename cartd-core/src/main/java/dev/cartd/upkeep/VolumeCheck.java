package dev.cartd.upkeep;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.FailureText;
import dev.cartd.cart.Stray;
import dev.cartd.legacy.Survey;
import dev.cartd.spi.AuditLog;
import dev.cartd.spi.CartStore;
import dev.cartd.volume.FileNames;
import dev.cartd.volume.Volume;
import dev.cartd.volume.VolumeNotThere;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Compares the volume with the store, and corrects what differs. May run at any time, on several threads and nodes at
 * once.
 */
public final class VolumeCheck {
    private static final System.Logger LOG = System.getLogger(VolumeCheck.class.getName());
    private static final System.Logger AUDIT = System.getLogger(AuditLog.NAME);

    private final CartStore store;
    private final Volume volume;
    private final DamageReport damage;
    private final NewestLink links;
    private final Survey survey;

    /** Checks this volume against this store. */
    public VolumeCheck(CartStore store, Volume volume) {
        this.store = store;
        this.volume = volume;
        this.damage = new DamageReport(store, volume);
        this.links = new NewestLink(store, volume);
        this.survey = new Survey(store, volume);
    }

    /**
     * Moves ready carts whose tree or tar is gone to error, surveys carts of Pacifica Cartd whose size was never
     * measured, and corrects dangling links.
     *
     * @throws VolumeNotThere if the volume is not there
     * @throws IOException if the volume cannot be read
     * @throws dev.cartd.cart.CartException.Unavailable if the store does not answer
     */
    public void run() throws IOException {
        for (Iterator<Cart> carts = store.live().iterator(); carts.hasNext(); ) {
            Cart cart = carts.next();
            if (cart.status() == CartStatus.READY
                    && FileNames.canName(cart.uid())
                    && !Survey.isDue(cart)
                    && !volume.files(cart).isThere()) {
                damage.found(cart, "its files are gone from the volume");
            } else if (cart.status() == CartStatus.READY && !cart.reason().isEmpty()) {
                links.correctOrLog(cart.uid()); // An obstacle to its symlink may have been moved away.
            }
        }
        for (Cart cart : store.space().unmeasured()) {
            try {
                measure(cart);
            } catch (VolumeNotThere e) {
                throw e;
            } catch (UncheckedIOException e) {
                logUnreadable(cart, Objects.requireNonNull(e.getCause()));
            } catch (IOException e) {
                logUnreadable(cart, e);
            }
        }
        volume.danglingLinks().forEach(links::correctOrLog);
    }

    private void measure(Cart cart) throws IOException {
        if (cart.status() == CartStatus.READY && isWhole(cart)) {
            links.correctOrLog(cart.uid());
        } else {
            store.space().measured(cart.withStatus(CartStatus.ERROR).holding(volume.measure(cart)), List.of());
        }
    }

    private boolean isWhole(Cart cart) throws IOException {
        try {
            survey.of(cart);
            return true;
        } catch (Survey.Damaged e) {
            damage.found(cart, e.getMessage());
            return false;
        }
    }

    /** Only logs: a directory that cannot be read must not keep the other carts from being measured. */
    private static void logUnreadable(Cart cart, IOException e) {
        LOG.log(
                System.Logger.Level.WARNING,
                "cart {0} ({1}) cannot be measured, this is tried again later: {2}",
                Long.toString(cart.id()),
                cart.uid(),
                FailureText.of(e));
    }

    /**
     * The numbered directories that belong to no cart, in the order of their numbers.
     *
     * @throws VolumeNotThere if the volume is not there
     * @throws IOException if the volume cannot be read
     * @throws dev.cartd.cart.CartException.Unavailable if the store does not answer
     */
    public List<Stray> strays() throws IOException {
        // Lists the directories before the carts: a cart that is created in between has none of these directories.
        List<Long> numbers = volume.numbers();
        Set<Long> known = new HashSet<>();
        store.live().map(Cart::id).forEach(known::add);
        store.deleted(Integer.MAX_VALUE).stream().map(Cart::id).forEach(known::add);
        return numbers.stream()
                .filter(number -> !known.contains(number))
                .sorted()
                .map(volume::stray)
                .toList();
    }

    /**
     * Deletes the stray directories that cartd created, with their contents, if none of their entries was created or
     * removed since {@code before}.
     *
     * @return the strays that were deleted
     * @throws VolumeNotThere if the volume is not there
     * @throws IOException if the volume cannot be read, or a directory cannot be deleted
     * @throws dev.cartd.cart.CartException.Unavailable if the store does not answer
     */
    public List<Stray> sweep(Instant before) throws IOException {
        List<Stray> old = strays().stream()
                .filter(stray -> stray.made() && stray.changed().isBefore(before))
                .toList();
        for (Stray stray : old) {
            volume.removeStray(stray);
            AUDIT.log(System.Logger.Level.INFO, "{0} is removed: it belonged to no cart", stray.directory());
        }
        return old;
    }
}
