package dev.cartd.server;

import dev.cartd.CartDetails;
import dev.cartd.Cartd;
import dev.cartd.Condition;
import dev.cartd.bundle.Bundle;
import dev.cartd.bundle.BundleFormat;
import dev.cartd.cart.Cart;
import dev.cartd.cart.Cart.Progress;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Durability;
import dev.cartd.cart.Standstill;
import dev.cartd.server.carts.Carts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Carts that are what a test says they are, behind the same promises as the real ones. */
final class FakeCarts implements Carts {
    private static final Instant THEN = Instant.parse("2026-11-22T12:00:00Z");

    final List<CartRequest> submitted = new CopyOnWriteArrayList<>();
    final List<Duration> kept = new CopyOnWriteArrayList<>();
    final Map<String, Cart> carts = new ConcurrentHashMap<>();
    final Map<String, Bundle> bundles = new ConcurrentHashMap<>();
    final List<String> filenames = new CopyOnWriteArrayList<>();
    final List<BundleFormat> formats = new CopyOnWriteArrayList<>();
    final AtomicInteger hanging = new AtomicInteger();

    /** For how many more looks there is no cart. */
    final AtomicInteger blind = new AtomicInteger();

    volatile Function<Cart, String> message = cart -> cart.message(THEN);
    volatile Optional<CartDetails> details = Optional.empty();
    volatile List<Condition> conditions = List.of();
    volatile Optional<RuntimeException> failure = Optional.empty();
    volatile Duration delay = Duration.ZERO;
    volatile CountDownLatch hang = new CountDownLatch(0);

    @Override
    public Cart submit(CartRequest request, Duration keep) {
        asTold();
        submitted.add(request);
        kept.add(keep);
        return put(
                request.uid(),
                CartStatus.WAITING,
                "",
                Progress.ofUnknownSize(request.items().size(), 0, 0));
    }

    @Override
    public Optional<Cart> status(String uid) {
        asTold();
        return blind.getAndUpdate(looks -> Math.max(0, looks - 1)) > 0
                ? Optional.empty()
                : Optional.ofNullable(carts.get(uid));
    }

    @Override
    public Bundle open(String uid, String filename, BundleFormat format) {
        asTold();
        filenames.add(filename);
        formats.add(format);
        Cart cart = status(uid).orElseThrow(CartException.NotFound::new);
        return switch (cart.status()) {
            case READY -> Optional.ofNullable(bundles.get(uid)).orElseThrow();
            case ERROR -> throw new CartException.Failed(cart.reason());
            default -> throw new CartException.NotReady();
        };
    }

    @Override
    public String message(Cart cart) {
        return message.apply(cart);
    }

    @Override
    public CartDetails details() {
        return details.orElseThrow(
                () -> new UnsupportedOperationException("these carts are made up, and have no details"));
    }

    @Override
    public Cartd whole() {
        throw new UnsupportedOperationException("these carts are made up, and nobody works on them");
    }

    @Override
    public Bundle open(Cart cart, CartFile file) {
        throw new UnsupportedOperationException("these carts are made up, and have no files");
    }

    @Override
    public boolean delete(String uid) {
        asTold();
        return carts.remove(uid) != null;
    }

    @Override
    public List<Condition> conditions() {
        return conditions;
    }

    Cart put(String uid, CartStatus status, String reason, Progress progress) {
        Cart cart = new Cart(
                1,
                uid,
                false,
                status,
                reason,
                "",
                THEN,
                THEN,
                Optional.empty(),
                Optional.empty(),
                0,
                progress,
                0,
                Optional.empty(),
                Standstill.NEW,
                Durability.SYNCED);
        carts.put(uid, cart);
        return cart;
    }

    <B extends Bundle> B ready(String uid, B bundle) {
        put(uid, CartStatus.READY, "", new Progress(1, 1, bundle.length(), bundle.length()));
        bundles.put(uid, bundle);
        return bundle;
    }

    private void asTold() {
        hanging.incrementAndGet();
        while (!released()) {
            // As a disk that is stuck: not to be interrupted.
        }
        hanging.decrementAndGet();
        failure.ifPresent(e -> {
            throw e;
        });
    }

    private boolean released() {
        try {
            hang.await();
            TimeUnit.MILLISECONDS.sleep(delay.toMillis());
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
