package dev.cartd.pull;

import dev.cartd.cart.CartFile;
import dev.cartd.cart.HumanText;
import dev.cartd.cart.Wait;
import dev.cartd.space.RoomAnswer;
import java.time.Duration;
import java.util.Optional;

/**
 * The room of one cart on the volume: reserved for all its bytes before the first is pulled, and given back when
 * somebody else turns out to have it.
 */
public record Reservation(StepContext context, ClaimedCart ledger) {
    /** Files of evicted carts are being removed. */
    private static final Duration SOON = Duration.ofSeconds(1);

    /**
     * Has room reserved for the whole cart, if it is not yet.
     *
     * @return after how long to ask again; empty if it is reserved
     * @throws StepStopped if there never will be as much, or not in time
     */
    public Optional<Duration> make() throws StepStopped {
        Duration waited = ledger.waitsFor()
                .filter(wait -> wait.kind() == Wait.Kind.ROOM)
                .map(Wait::waited)
                .orElse(Duration.ZERO);
        RoomAnswer room = context.space().reserve(ledger.cart(), need(), waited);
        if (room instanceof RoomAnswer.Never never) {
            ledger.save();
            throw StepStopped.failed(never.reason());
        }
        if (room instanceof RoomAnswer.Lost) {
            throw StepStopped.quietly();
        }
        if (room instanceof RoomAnswer.Waits waits) {
            context.removeSoon().accept(waits.evicted());
            ledger.waitFor(Wait.Kind.ROOM, "it needs " + HumanText.size(need()));
            return Optional.of(waits.evicted().isEmpty() ? context.pauseAfter(waited) : SOON);
        }
        return Optional.empty();
    }

    /** Whether the volume has no longer what the cart still needs: a failure to write is then nobody's fault. */
    public boolean isBroken() {
        try {
            long missing = need() - ledger.cart().held();
            return context.space().isShortOf(Math.max(missing, context.volume().taken(1)));
        } catch (StepStopped e) {
            return false; // What it needs cannot be told yet, or ever.
        }
    }

    /** What the whole cart takes on the volume in the end. */
    private long need() throws StepStopped {
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
            throw StepStopped.failed("No Space Available: cart needs more bytes than can be counted");
        }
        return need;
    }
}
