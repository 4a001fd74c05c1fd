package dev.cartd.cli.print;

import dev.cartd.cart.Cart;
import dev.cartd.cart.Stray;
import dev.cartd.space.EvictionCandidate;
import dev.cartd.space.Space;
import dev.cartd.space.SpaceSnapshot;
import dev.cartd.spi.SpaceStore.Pin;
import java.util.List;

/** The room on the volume as JSON: the same as {@link SpaceReport} prints for people. */
public record SpaceJson(Json answer) {
    public void show(String path, Space space, List<Cart> deleted, List<Stray> strays) {
        SpaceSnapshot snapshot = space.snapshot();
        answer.object("volume", () -> volume(path, snapshot));
        answer.list(
                "waiting",
                space.waiting(),
                waiting -> answer.put("id", waiting.cart())
                        .put("uid", waiting.uid())
                        .put("needs", waiting.bytes())
                        .put("since", waiting.since())
                        .put("overtaken", waiting.overtaken()));
        answer.list("next", space.next(), this::candidate);
        answer.list("staying", SpaceReport.staying(snapshot), this::candidate);
        answer.list("pinned", space.pins(), this::pin);
        answer.list("gone", deleted.stream().filter(CartTable::madeRoom).toList(), answer::cart);
        strays("strays", strays);
    }

    /** Writes a list of directories that belong to no cart. */
    public void strays(String key, List<Stray> strays) {
        answer.list(
                key,
                strays,
                stray -> answer.put("directory", stray.directory().toString())
                        .put("changed", stray.changed())
                        .put("made_by_cartd", stray.made()));
    }

    /** Writes a list of carts that take room. */
    public void candidates(String key, List<EvictionCandidate> candidates) {
        answer.list(key, candidates, this::candidate);
    }

    private void volume(String path, SpaceSnapshot snapshot) {
        answer.put("path", path)
                .put("total", snapshot.total())
                .put("foreign", snapshot.foreign())
                .put("keep_free", snapshot.settings().keepFree())
                .put("size", snapshot.size())
                .put("used", snapshot.used())
                .put("going", SpaceReport.going(snapshot))
                .put("reserved", snapshot.promised())
                .put("free", snapshot.left());
    }

    private void candidate(EvictionCandidate candidate) {
        answer.put("id", candidate.cart())
                .put("uid", candidate.uid())
                .put("bytes", candidate.bytes())
                .put("last_use", candidate.used())
                .put("reason", SpaceReport.reason(candidate));
    }

    private void pin(Pin pin) {
        answer.put("id", pin.cart())
                .put("downloads", pin.downloads())
                .put("until", pin.until())
                .put("node", pin.node());
    }
}
