package dev.cartd.pull;

import dev.cartd.cart.CartFile;
import dev.cartd.cart.Wait;
import dev.cartd.cart.Words;
import dev.cartd.space.Room;
import java.time.Duration;
import java.util.Optional;

/**
 * The room of one cart on the volume: reserved for all its bytes before the first is pulled, and given back when
 * somebody else turns out to have it.
 */
public record Reservation(StepContext context, Ledger ledger) {
    /** Files of evicted carts are being removed. */
    private static final Duration SOON = Duration.ofSeconds(1);

    /**
     * Has room reserved for the whole cart, if it is not yet.
     *
     * @return after how long to ask again; empty if it is reserved
     * @throws Stopped if there never will be as much, or not in time
     */
    public Optional<Duration> make() throws Stopped {
        Duration waited = ledger.waitsFor()
                .filter(wait -> wait.kind() == Wait.Kind.ROOM)
                .map(Wait::waited)
                .orElse(Duration.ZERO);
        Room room = context.space().reserve(ledger.cart(), need(), waited);
        if (room instanceof Room.Never never) {
            ledger.tell();
            throw Stopped.failed(never.reason());
        }
        if (room instanceof Room.Lost) {
            throw Stopped.quietly();
        }
        if (room instanceof Room.Waits waits) {
            context.removeSoon().accept(waits.evicted());
            ledger.waitFor(Wait.Kind.ROOM, "it needs " + Words.size(need()));
            return Optional.of(waits.evicted().isEmpty() ? context.pauseAfter(waited) : SOON);
        }
        return Optional.empty();
    }

    /** Whether the volume has no longer what the cart still needs: a failure to write is then nobody's fault. */
    public boolean isBroken() {
        try {
            long missing = need() - ledger.cart().held();
            return context.space().isShortOf(Math.max(missing, context.volume().taken(1)));
        } catch (Stopped e) {
            return false; // What it needs cannot be told yet, or ever.
        }
    }

    /** What the whole cart takes on the volume in the end. */
    private long need() throws Stopped {
        if (ledger.cart().bundle()) {
            return context.volume().taken(ledger.layOut().length());
        }
        long need = 0;
        try {
            for (int i = 0; i < ledger.size(); i++) {
                CartFile file = ledger.file(i);
                need = Math.addExact(need, file.shared() ? 0 : context.volume().taken(file.size()));
            }
        } catch (ArithmeticException e) {
            throw Stopped.failed("No Space Available: cart needs more bytes than can be counted");
        }
        return need;
    }
}
