package dev.cartd.cli.print;

import dev.cartd.cart.Cart;
import dev.cartd.cart.Stray;
import dev.cartd.space.EvictionCandidate;
import dev.cartd.space.Space;
import dev.cartd.space.SpaceSnapshot;
import dev.cartd.spi.SpaceStore.Pin;
import java.util.List;

/** The room on the volume for programs: what {@link SpaceReport} tells people. */
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
        answer.list("next", space.next(), this::holding);
        answer.list("staying", SpaceReport.staying(snapshot), this::holding);
        answer.list("pinned", space.pins(), this::pin);
        answer.list("gone", deleted.stream().filter(CartTable::madeRoom).toList(), answer::cart);
        strays("strays", strays);
    }

    /** These directories that belong to no cart. */
    public void strays(String key, List<Stray> strays) {
        answer.list(
                key,
                strays,
                stray -> answer.put("directory", stray.directory().toString())
                        .put("changed", stray.changed())
                        .put("made_by_cartd", stray.made()));
    }

    /** These carts that take room. */
    public void holdings(String key, List<EvictionCandidate> holdings) {
        answer.list(key, holdings, this::holding);
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

    private void holding(EvictionCandidate holding) {
        answer.put("id", holding.cart())
                .put("uid", holding.uid())
                .put("bytes", holding.bytes())
                .put("last_use", holding.used())
                .put("reason", SpaceReport.why(holding));
    }

    private void pin(Pin pin) {
        answer.put("id", pin.cart())
                .put("downloads", pin.downloads())
                .put("until", pin.until())
                .put("node", pin.node());
    }
}
