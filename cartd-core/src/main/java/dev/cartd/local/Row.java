package dev.cartd.local;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.FileStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What {@link MemoryStore} holds of one cart.
 *
 * @param content the digest of what was asked for
 * @param files in the order of their numbers, which follow each other without a gap
 * @param reserved the bytes reserved for it; counts only while it is in work
 */
record Row(Cart cart, String content, List<CartFile> files, long reserved) {
    boolean live() {
        return cart.status() != CartStatus.DELETED;
    }

    boolean joins(String otherContent) {
        return cart.status() != CartStatus.ERROR && content.equals(otherContent);
    }

    /** What it will still take from the volume. */
    long outstanding() {
        return cart.status().inWork() ? Math.max(0, reserved - cart.progress().stagedBytes()) : 0;
    }

    /** Whether a claim is still the newest, and its cart not deleted since. */
    boolean holds(Cart claim) {
        return cart.epoch() == claim.epoch() && live() == (claim.status() != CartStatus.DELETED);
    }

    Row used(Instant now) {
        return with(
                copy(cart.status(), cart.reason(), cart.bundlePath(), now, cart.moved(), cart.ready(), cart.epoch()));
    }

    Row deleted(Instant now) {
        return become(CartStatus.DELETED, cart.reason(), cart.bundlePath(), now);
    }

    Row claimed(Instant now) {
        CartStatus next = cart.status() == CartStatus.WAITING ? CartStatus.STAGING : cart.status();
        Instant updated = next == cart.status() ? cart.updated() : now;
        Instant moved = cart.epoch() == 0 ? now : cart.moved();
        return with(copy(next, cart.reason(), cart.bundlePath(), updated, moved, cart.ready(), cart.epoch() + 1));
    }

    Row recorded(Cart claim, List<CartFile> changed, Instant now) {
        List<CartFile> all = changed.isEmpty() ? files : new ArrayList<>(files);
        for (CartFile file : changed) {
            all.set(Math.toIntExact(file.id() - files.get(0).id()), file);
        }
        Row row =
                new Row(cart.with(claim.progress(), claim.away()).recordedUnder(claim.boot()), content, all, reserved);
        return changed.isEmpty() ? row : row.moved(now);
    }

    private Row moved(Instant now) {
        return with(copy(cart.status(), cart.reason(), cart.bundlePath(), now, now, cart.ready(), cart.epoch()));
    }

    Row reserved(long bytes) {
        return new Row(cart, content, files, bytes);
    }

    Row become(CartStatus next, String reason, String bundlePath, Instant now) {
        boolean ready = next == CartStatus.READY && cart.ready().isEmpty();
        return with(copy(next, reason, bundlePath, now, now, ready ? Optional.of(now) : cart.ready(), cart.epoch()));
    }

    Row restaged(Instant now) {
        List<CartFile> all = files.stream()
                .map(file -> file.status() == FileStatus.STAGED && file.known() ? file : file.restaged())
                .toList();
        Cart next = become(CartStatus.STAGING, "", cart.bundlePath(), now).cart();
        return new Row(
                next.with(next.progress(), Optional.empty()).recordedUnder(Cart.UNPROVEN), content, all, reserved);
    }

    private Row with(Cart next) {
        return new Row(next, content, files, next.status().inWork() ? reserved : 0);
    }

    private Cart copy(
            CartStatus status,
            String reason,
            String bundlePath,
            Instant updated,
            Instant moved,
            Optional<Instant> ready,
            long epoch) {
        return new Cart(
                cart.id(),
                cart.uid(),
                cart.bundle(),
                status,
                reason,
                bundlePath,
                cart.created(),
                updated,
                moved,
                ready,
                epoch,
                cart.progress(),
                cart.away(),
                cart.boot());
    }
}
