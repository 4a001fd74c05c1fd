package dev.cartd.claim;

import dev.cartd.cart.Durability;
import dev.cartd.cart.HumanText;
import dev.cartd.cart.Wait;
import dev.cartd.space.RoomAnswer;
import dev.cartd.spi.SpaceStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The reservation of room on the volume for one cart. Room for the whole cart is reserved before its first file is
 * pulled. For the step's thread.
 */
public record Reservation(StepContext context, CartForm form) {
    /**
     * Reserves room for the whole cart, or keeps its place in the room queue. Once room is reserved, the changes of the
     * cart are recorded with this durability.
     *
     * @return the pause before asking again; empty if room is reserved
     * @throws StepStopped if the room can never be had, the cart waited too long for it, or the claim was lost
     * @throws java.io.UncheckedIOException if the volume is away
     */
    public Optional<Duration> make(Durability durability) throws StepStopped {
        ClaimedCart claimed = form.claimed();
        long need = form.need();
        Duration waited = claimed.waitsFor(Wait.Kind.ROOM).map(Wait::waited).orElse(Duration.ZERO);
        ClaimedCart.Changes changes = claimed.changes(durability);
        RoomAnswer room = context.space().reserve(changes.claim(), changes.files(), need, waited);
        return switch (room.kind()) {
            case RESERVED -> {
                claimed.recorded(changes);
                yield Optional.empty();
            }
            case WAITS -> waits(need, room.evicted(), waited);
            case NEVER -> {
                claimed.save();
                throw StepStopped.failed(room.reason());
            }
            case LOST -> throw StepStopped.quietly();
        };
    }

    private Optional<Duration> waits(long need, List<Long> evicted, Duration waited) {
        context.removeSoon().accept(evicted);
        form.claimed().waitFor(Wait.Kind.ROOM, "it needs " + HumanText.size(need));
        // The files of carts that were evicted are being removed just now.
        return Optional.of(evicted.isEmpty() ? context.pauseAfter(waited) : context.shortestPause());
    }

    /**
     * Whether the volume has less room than the cart still needs, whatever was reserved. If so, a failed write means
     * that the volume is full, not that it is broken.
     */
    public boolean isVolumeFull() {
        try {
            long missing = form.need() - form.claimed().cart().held();
            return context.space().isShortOf(Math.max(missing, SpaceStore.taken(1)));
        } catch (StepStopped e) {
            return false; // The need is not known: the cart has no valid layout or size.
        }
    }
}
