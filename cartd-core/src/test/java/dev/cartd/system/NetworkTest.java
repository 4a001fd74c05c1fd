package dev.cartd.system;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class NetworkTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.3.4, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.1.2.3/8, 10.9.9.9, true",
        "172.16.0.0/12, 172.31.255.255, true",
        "172.16.0.0/12, 172.32.0.0, false",
        "192.0.2.7, 192.0.2.7, true",
        "192.0.2.7, 192.0.2.6, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, ::1, false",
        "127.0.0.0/8, ::ffff:127.0.0.1, true",
        "fd00::/8, fdab::1, true",
        "fd00::/8, fe00::1, false",
        "2001:db8::/33, 2001:db8:8000::, false",
        "::1, ::1, true"
    })
    void hasItsAddresses(String network, String address, boolean has) {
        assertThat(Network.of(network).contains(Network.address(address).orElseThrow()))
                .isEqualTo(has);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "1.2.3",
                "1.2.3.256",
                "01.2.3.4",
                "1.2.3.4.5",
                "localhost",
                "a.b.c.d",
                ":",
                ":::",
                "1::2::3",
                "[::1]",
                "fe80::1%lo",
                "::1 ",
                "dead.beef",
                "1.2.3.4:80"
            })
    void whatIsNoAddressIsNotLookedUp(String text) {
        assertThat(Network.address(text)).isEmpty();
        assertThatThrownBy(() -> Network.of(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "::/129", "10.0.0.0/8/8", "::ffff:10.0.0.0/96"})
    void bitsThatItCannotHaveAreRefused(String text) {
        assertThatThrownBy(() -> Network.of(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void isWrittenAsItIsRead() throws Exception {
        assertThat(Network.of("10.0.0.0/8")).hasToString("10.0.0.0/8");
        assertThat(Network.of("192.0.2.7")).hasToString("192.0.2.7/32");
        assertThat(new Network(InetAddress.getByAddress(new byte[4]), 0)).hasToString("0.0.0.0/0");
    }
}
