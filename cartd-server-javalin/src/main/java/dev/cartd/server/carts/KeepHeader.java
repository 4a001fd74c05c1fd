package dev.cartd.server.carts;

import dev.cartd.cart.HumanText;
import dev.cartd.cart.TimeSpan;
import dev.cartd.server.http.HeaderText;
import dev.cartd.server.http.Refused;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.eclipse.jetty.http.HttpStatus;

/** Parses the header with which a client asks to keep its cart, even if others need room: {@code X-Cartd-Keep: 7d}. */
final class KeepHeader {
    private static final String NAME = "X-Cartd-Keep";

    private KeepHeader() {}

    /**
     * The time that the request asks for; zero if it has no such header.
     *
     * @throws Refused with 400 if the value is no time, or longer than {@code most}
     */
    static Duration of(HttpServletRequest request, Duration most) {
        List<String> values = Collections.list(request.getHeaders(NAME));
        return values.isEmpty() ? Duration.ZERO : of(String.join(", ", values), most);
    }

    private static Duration of(String asked, Duration most) {
        Duration keep;
        try {
            keep = TimeSpan.of(asked);
        } catch (IllegalArgumentException e) {
            throw refused(asked, TimeSpan.ALLOWED + "; " + allowed(most));
        }
        if (keep.compareTo(most) > 0) {
            throw refused(asked, allowed(most));
        }
        return keep;
    }

    private static String allowed(Duration most) {
        return most.isZero() ? "0, this server keeps no carts" : "at most " + HumanText.duration(most);
    }

    private static Refused refused(String asked, String allowed) {
        return new Refused(
                HttpStatus.BAD_REQUEST_400,
                NAME + ": " + HeaderText.ascii(asked) + " cannot be: allowed is " + allowed);
    }
}
