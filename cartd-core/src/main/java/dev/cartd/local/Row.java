package dev.cartd.local;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Durability;
import dev.cartd.cart.FileStatus;
import dev.cartd.spi.SpaceStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A cart in a {@link MemoryStore}.
 *
 * @param content the digest of its request, see {@link dev.cartd.cart.CartRequest#content}
 * @param files its files in the order of their numbers, which have no gaps
 * @param reserved the bytes reserved for it; 0 if it is not in work
 * @param waiting its place in the room queue; empty if it does not wait for room
 */
record Row(Cart cart, String content, List<CartFile> files, long reserved, Optional<SpaceStore.Waiting> waiting) {
    boolean live() {
        return cart.status() != CartStatus.DELETED;
    }

    boolean joins(String otherContent) {
        return cart.status() != CartStatus.ERROR && content.equals(otherContent);
    }

    /** The bytes that are reserved for it and that it does not hold yet. */
    long outstanding() {
        return Math.max(0, reserved - cart.held());
    }

    /** Whether the claim still holds: the cart was not claimed again or deleted since. */
    boolean holds(Cart claim) {
        return cart.epoch() == claim.epoch() && live() == (claim.status() != CartStatus.DELETED);
    }

    Row used(Instant now) {
        return with(copy(cart.status(), cart.reason(), cart.bundlePath(), now, cart.ready(), cart.epoch()));
    }

    Row deleted(Instant now) {
        return become(CartStatus.DELETED, cart.reason(), cart.bundlePath(), now);
    }

    Row claimed(Instant now) {
        CartStatus next = cart.status() == CartStatus.WAITING ? CartStatus.STAGING : cart.status();
        Instant updated = next == cart.status() ? cart.updated() : now;
        Cart claimed = copy(next, cart.reason(), cart.bundlePath(), updated, cart.ready(), cart.epoch() + 1);
        return with(claimed.with(cart.standstill().count(now)));
    }

    Row recorded(Cart claim, List<CartFile> changed, Instant moment) {
        List<CartFile> all = changed.isEmpty() ? files : new ArrayList<>(files);
        for (CartFile file : changed) {
            all.set(Math.toIntExact(file.id() - files.get(0).id()), file);
        }
        Cart now = cart.with(claim.progress()).with(claim.standstill()).holding(claim.held());
        Row row = new Row(now.with(claim.durability()), content, all, reserved, waiting);
        return changed.isEmpty() ? row : row.used(moment);
    }

    Row withSums(List<CartFile> found) {
        List<CartFile> all = new ArrayList<>(files);
        long first = files.isEmpty() ? 0 : files.get(0).id();
        for (CartFile file : found) {
            if (file.id() >= first && file.id() < first + all.size()) {
                int index = Math.toIntExact(file.id() - first);
                all.set(index, all.get(index).withCrc(file.crc()).withSha256(file.sha256()));
            }
        }
        return new Row(cart, content, all, reserved, waiting);
    }

    Row reserved(long bytes) {
        return new Row(saying(""), content, files, bytes, Optional.empty());
    }

    Row queued(SpaceStore.Waiting place, String why) {
        return new Row(saying(why), content, files, reserved, Optional.of(place));
    }

    Row kept(Instant until) {
        return new Row(
                copy(
                        cart.status(),
                        cart.reason(),
                        cart.bundlePath(),
                        cart.updated(),
                        cart.ready(),
                        cart.epoch(),
                        Optional.of(until)),
                content,
                files,
                reserved,
                waiting);
    }

    private Cart saying(String why) {
        return copy(cart.status(), why, cart.bundlePath(), cart.updated(), cart.ready(), cart.epoch());
    }

    Row become(CartStatus next, String reason, String bundlePath, Instant now) {
        boolean ready = next == CartStatus.READY && cart.ready().isEmpty();
        Cart moved = copy(next, reason, bundlePath, now, ready ? Optional.of(now) : cart.ready(), cart.epoch());
        return with(moved.with(cart.standstill().ended()));
    }

    Row restaged(Instant now) {
        List<CartFile> all = files.stream()
                .map(file -> file.status() == FileStatus.STAGED && file.known() ? file : file.restaged())
                .toList();
        Cart next = become(CartStatus.STAGING, "", cart.bundlePath(), now).cart();
        return new Row(next.with(Durability.UNPROVEN), content, all, 0, Optional.empty());
    }

    private Row with(Cart next) {
        boolean inWork = next.status().inWork();
        return new Row(next, content, files, inWork ? reserved : 0, inWork ? waiting : Optional.empty());
    }

    private Cart copy(
            CartStatus status, String reason, String bundlePath, Instant updated, Optional<Instant> ready, long epoch) {
        return copy(status, reason, bundlePath, updated, ready, epoch, cart.kept());
    }

    private Cart copy(
            CartStatus status,
            String reason,
            String bundlePath,
            Instant updated,
            Optional<Instant> ready,
            long epoch,
            Optional<Instant> kept) {
        return new Cart(
                cart.id(),
                cart.uid(),
                cart.bundle(),
                status,
                reason,
                bundlePath,
                cart.created(),
                updated,
                ready,
                cart.readyLocal(),
                epoch,
                cart.progress(),
                cart.held(),
                kept,
                cart.standstill(),
                cart.durability());
    }
}
