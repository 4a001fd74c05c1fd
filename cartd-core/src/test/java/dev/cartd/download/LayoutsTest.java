package dev.cartd.download;

import dev.cartd.bundle.TarLayout;
import dev.cartd.bundle.ZipLayout;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.Memory;
import dev.cartd.local.MemoryStore;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LayoutsTest {
    private final MemoryStore store = new MemoryStore(InstantSource.system());
    private final Cart one = cart("one");
    private final Cart two = cart("two");
    private final AtomicInteger made = new AtomicInteger();

    private Cart cart(String uid) {
        List<CartRequest.Item> items = IntStream.range(0, 100)
                .mapToObj(i -> CartRequest.Item.of("" + i, "x".repeat(40 + i) + "/file" + i, "md5", "00"))
                .toList();
        return store.add(new CartRequest(uid, false, items), 0);
    }

    private Layouts layouts(double carts) {
        return new Layouts(store, new Memory((long) (carts * store.memory(one.id()))));
    }

    private TarLayout make(Cart cart, String top) {
        made.incrementAndGet();
        List<CartFile> files = store.files(cart.id()).stream()
                .map(file -> file.asked(1).seen(5, 7, true))
                .toList();
        return TarLayout.of(top, files);
    }

    private TarLayout of(Layouts layouts, Cart cart, String top) {
        return layouts.of(cart, top, absent -> make(cart, top));
    }

    @Test
    void aCartHasOneLayoutWhateverItIsCalled() {
        Layouts layouts = layouts(1.5);
        for (int i = 0; i < 200; i++) {
            String top = "n".repeat(1 + i);
            TarLayout layout = of(layouts, one, top);
            TarLayout alone = TarLayout.of(
                    top,
                    store.files(one.id()).stream()
                            .map(file -> file.asked(1).seen(5, 7, true))
                            .toList());
            assertThat(layout.etag()).isEqualTo(alone.etag());
            assertThat(layout.length()).isEqualTo(alone.length());
        }
        assertThat(made).hasValue(1);
        assertThat(of(layouts, one, "b").sharesPlaces(of(layouts, one, "n"))).isTrue();
    }

    @Test
    void whatIsInUseStaysAndWhatIsNotMakesRoom() {
        Layouts layouts = layouts(1.5);
        Layouts.Use use = layouts.use(one, of(layouts, one, "a"));
        assertThatThrownBy(() -> of(layouts, two, "a"))
                .isInstanceOf(CartException.Unavailable.class)
                .hasMessageContaining("try again later");
        use.close();
        of(layouts, two, "a");
        of(layouts, two, "b");
        assertThat(made).hasValue(2);
        of(layouts, one, "a");
        assertThat(made).hasValue(3);
    }

    @Test
    void aLayoutThatWasForgottenIsCountedAgainWhenItIsUsed() {
        Layouts layouts = layouts(1.5);
        TarLayout first = of(layouts, one, "a");
        of(layouts, two, "a");
        try (Layouts.Use use = layouts.use(one, first)) {
            assertThat(use).isNotNull();
            assertThatThrownBy(() -> of(layouts, two, "a")).isInstanceOf(CartException.Unavailable.class);
        }
    }

    @Test
    void namesThatMoveTheFilesTakeMemoryOfTheirOwn() {
        Layouts layouts = layouts(1.01);
        Layouts.Use use = layouts.use(one, of(layouts, one, "a"));
        TarLayout moved = of(layouts, one, "n".repeat(40));
        assertThat(moved.sharesPlaces(of(layouts, one, "a"))).isFalse();
        assertThatThrownBy(() -> layouts.use(one, moved)).isInstanceOf(CartException.Unavailable.class);
        use.close();
    }

    private TarLayout withCrcs(Cart cart, String top) {
        made.incrementAndGet();
        return TarLayout.of(
                top,
                store.files(cart.id()).stream()
                        .map(file -> file.asked(1).seen(5, 7, true).withCrc(file.id()))
                        .toList());
    }

    @Test
    void theFilesOfAZipThatCannotBeMadeYetAreReadOnce() {
        Layouts layouts = layouts(1.5);
        assertThat(layouts.zip(one, "a", cart -> make(cart, "a"))).isEmpty();
        assertThat(made).hasValue(1);
        assertThat(layouts.zip(one, "a", cart -> make(cart, "a"))).isEmpty();
        assertThat(made).as("they may be known now").hasValue(2);
    }

    @Test
    void aZipHasTheFilesOfTheTarThatIsThere() {
        Layouts layouts = layouts(1.5);
        TarLayout tar = layouts.of(one, "a", cart -> withCrcs(cart, "a"));
        ZipLayout zip = layouts.zip(one, "a", cart -> withCrcs(cart, "a")).orElseThrow();
        assertThat(layouts.zip(one, "a", cart -> withCrcs(cart, "a"))).containsSame(zip);
        assertThat(layouts.of(one, "a", cart -> withCrcs(cart, "a"))).isSameAs(tar);
        assertThat(layouts.zip(one, "b", cart -> withCrcs(cart, "b"))
                        .orElseThrow()
                        .sharesPlaces(zip))
                .isTrue();
        assertThat(made).hasValue(1);
        assertThat(zip.etag()).isEqualTo(ZipLayout.of(withCrcs(one, "a")).etag());
    }

    @Test
    void whoAsksForAZipAgainGetsTheCrcsThatWereRecordedMeanwhile() {
        Layouts layouts = layouts(1.5);
        of(layouts, one, "a");
        assertThat(layouts.zip(one, "a", cart -> make(cart, "a"))).isEmpty();
        assertThat(layouts.zip(one, "a", cart -> withCrcs(cart, "a"))).isPresent();
        assertThat(of(layouts, one, "a").hasCrcs()).isTrue();
    }

    @Test
    void aZipTakesMemoryOfItsOwnAndThatOfTheFilesOnce() {
        Layouts layouts = layouts(1.01);
        of(layouts, one, "a");
        assertThatThrownBy(() -> layouts.zip(one, "a", cart -> withCrcs(cart, "a")))
                .isInstanceOf(CartException.Unavailable.class);

        Layouts larger = layouts(1.5);
        ZipLayout zip = larger.zip(one, "a", cart -> withCrcs(cart, "a")).orElseThrow();
        of(larger, two, "a");
        assertThat(made).hasValue(4);
        try (Layouts.Use use = larger.use(one, zip)) {
            assertThat(use).isNotNull();
            assertThatThrownBy(() -> of(larger, two, "a")).isInstanceOf(CartException.Unavailable.class);
            assertThat(of(larger, one, "a").etag()).isEqualTo(TarLayout.of(zip).etag());
            assertThat(made).hasValue(4);
        }
    }

    @Test
    void aCartThatNeverFitsIsRefusedInWords() {
        assertThatThrownBy(() -> of(layouts(0.5), one, "a"))
                .isInstanceOf(CartException.Unavailable.class)
                .hasMessageContaining("larger heap");
    }

    @Test
    void whatCannotBeMadeTakesNothing() {
        Layouts layouts = layouts(1.5);
        assertThatThrownBy(() -> layouts.of(one, "a", cart -> {
                    throw new CartException.Failed("damaged");
                }))
                .isInstanceOf(CartException.Failed.class);
        of(layouts, two, "a");
    }
}
