package dev.cartd.cli.get;

import dev.cartd.cart.BundlePath;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class CartLinkTest {
    @ParameterizedTest
    @CsvSource({
        "http://h:81/u, http://h:81/u, http://h:81/-/carts/u",
        "http://h/u/?filename=x.tar#y, http://h/u, http://h/-/carts/u",
        "https://h//u, https://h/u, https://h/-/carts/u",
        "https://h/pre/fix/u, https://h/pre/fix/u, https://h/pre/fix/-/carts/u",
        "https://h/pre/-/carts/u/, https://h/pre/u, https://h/pre/-/carts/u",
        "https://h/-/carts/u/files/a/b, https://h/u, https://h/-/carts/u",
        "https://me:secret@h/u, https://h/u, https://h/-/carts/u",
        "http://h/a%20b%2Fc, http://h/a%20b%2Fc, http://h/-/carts/a%20b%2Fc"
    })
    void readsTheLinksOfACart(String text, String cart, String view) {
        CartLink link = CartLink.parse(text);
        assertThat(link).hasToString(cart);
        assertThat(link.cart()).hasToString(cart);
        assertThat(link.view()).hasToString(view);
        assertThat(link.authorization().isPresent()).isEqualTo(text.contains("me:"));
    }

    @Test
    void keepsTheSignatureOfALinkAndDoesNotShowIt() {
        CartLink link = CartLink.parse("https://h/pre/-/carts/u/?number=1&link=1.a_-&after=0");
        assertThat(link).hasToString("https://h/pre/u");
        assertThat(link.view()).hasToString("https://h/pre/-/carts/u?link=1.a_-");
        assertThat(link.file(BundlePath.parse("a/b"))).hasToString("https://h/pre/-/carts/u/files/a/b?link=1.a_-");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "u", "/u", "ftp://h/u", "http:///", "http://h", "http://h/", "file:///u"})
    void refusesOthers(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> CartLink.parse(text));
    }

    @Test
    void encodesWhatAServerDecodes() {
        CartLink link = CartLink.of("http://h/pre/", "u");
        assertThat(link.file(BundlePath.parse("a b/%2e/c+?#\\é")))
                .hasToString("http://h/pre/-/carts/u/files/a%20b/%252e/c+%3F%23%5C%C3%A9");
        assertThat(link.tar("a&b=c.tar")).hasToString("http://h/pre/u?filename=a%26b%3Dc.tar");
        assertThat(link.page(7, 3, Optional.of("staged")))
                .hasToString("http://h/pre/-/carts/u/files?number=7&after=3&limit=1000&state=staged");
    }
}
