package dev.cartd.space;

import dev.cartd.space.Demand.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/** Carts that take room, without their bytes: each is whole as soon as it was asked for, and none is spared. */
final class SimulatedVolume {
    private static final Duration WEEK = Duration.ofDays(7);

    private final long room;
    private final Comparator<EvictionCandidate> order;
    private final Set<EvictionCandidate> held = new HashSet<>();
    private final Map<String, EvictionCandidate> seen = new HashMap<>();
    private final Tally tally = new Tally();

    /** All that are held, and what they were before they were used again: to find those at each use would cost more. */
    private final PriorityQueue<EvictionCandidate> next;

    private long taken;
    private long made;

    /** A volume of so many bytes, which are enough for any one cart. */
    SimulatedVolume(long room, SpacePolicy policy) {
        this.room = room;
        this.order = EvictionChoice.order(policy);
        this.next = new PriorityQueue<>(order);
    }

    /** Serves all of them, one after the other. */
    Tally serve(List<Request> requests) {
        requests.forEach(this::serve);
        return tally;
    }

    private void serve(Request request) {
        EvictionCandidate found = seen.get(request.uid());
        if (found == null || request.changed()) {
            pull(request);
        } else {
            tally.hit(found.bytes());
            held.remove(found);
            show(found.cart(), request);
        }
    }

    /** Room is made first: an older cart of the uid is seen until the new one is whole, and may have to go before. */
    private void pull(Request request) {
        tally.pull(request.bytes());
        while (request.bytes() > room - taken) {
            evict(next.remove(), request.when());
        }
        hide(request.uid());
        taken += request.bytes();
        made++;
        show(made, request);
    }

    private void show(long cart, Request request) {
        EvictionCandidate candidate =
                new EvictionCandidate(cart, request.uid(), request.bytes(), request.when(), false, "");
        add(candidate);
        seen.put(request.uid(), candidate);
    }

    private void hide(String uid) {
        EvictionCandidate old = seen.remove(uid);
        if (old != null) {
            held.remove(old);
            add(new EvictionCandidate(old.cart(), uid, old.bytes(), old.used(), true, ""));
        }
    }

    private void add(EvictionCandidate candidate) {
        held.add(candidate);
        next.add(candidate);
    }

    private void evict(EvictionCandidate candidate, Instant now) {
        if (held.remove(candidate)) {
            tally.evict(!candidate.hidden() && candidate.used().plus(WEEK).isAfter(now));
            seen.remove(candidate.uid(), candidate);
            taken -= candidate.bytes();
        }
    }

    /** The carts on it, those that go first in front. */
    List<EvictionCandidate> held() {
        return held.stream().sorted(order).toList();
    }
}
