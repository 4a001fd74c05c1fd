package dev.cartd.server.view;

import dev.cartd.server.http.Exchange;
import dev.cartd.server.http.HeaderText;
import dev.cartd.server.http.Refused;
import org.eclipse.jetty.http.HttpStatus;

/** Reads the parameters of a query. */
final class Parameters {
    private Parameters() {}

    /**
     * A whole number.
     *
     * @throws Refused with 400 if it is none, or is not between {@code least} and {@code most}
     */
    static long number(Exchange exchange, String name, long otherwise, long least, long most) {
        String text = exchange.parameter(name).orElse(Long.toString(otherwise));
        long number = text.matches("[0-9]{1,18}") ? Long.parseLong(text) : -1;
        if (number < least || number > most) {
            throw wrong(name, text, most == Long.MAX_VALUE ? "a number" : least + " to " + most);
        }
        return number;
    }

    /** The answer to a parameter that cannot be. */
    static Refused wrong(String name, String value, String allowed) {
        return new Refused(
                HttpStatus.BAD_REQUEST_400,
                name + ": " + HeaderText.ascii(value) + " cannot be, allowed is: " + allowed);
    }
}
