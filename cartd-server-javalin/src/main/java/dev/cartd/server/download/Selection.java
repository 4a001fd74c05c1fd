package dev.cartd.server.download;

import dev.cartd.bundle.Bundle;
import dev.cartd.server.http.Refused;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpStatus;

/**
 * The bytes of a bundle that a response contains.
 *
 * @param status 200 for the whole bundle, 206 for a part, 304 for nothing
 * @param from the position of the first byte
 * @param to the position after the last byte
 */
record Selection(int status, long from, long to) {
    private static final Pattern ONE_RANGE = Pattern.compile("bytes\\s*=\\s*([0-9]*)-([0-9]*)\\s*");

    /**
     * Applies the conditions and the {@code Range} header of a request: selects one range, or the whole bundle.
     *
     * @throws Refused with 412 if a condition fails, or 416 if the range begins beyond the end
     */
    static Selection of(HttpServletRequest request, Bundle bundle) {
        Conditions conditions = new Conditions(request, bundle);
        if (conditions.failed()) {
            throw new Refused(HttpStatus.PRECONDITION_FAILED_412, "The cart is not the one that the request is for.");
        }
        if (conditions.unmodified()) {
            return new Selection(HttpStatus.NOT_MODIFIED_304, 0, 0);
        }
        List<String> ranges = Collections.list(request.getHeaders("Range"));
        return ranges.size() == 1 && conditions.rangeApplies()
                ? range(ranges.get(0), bundle.length())
                : whole(bundle.length());
    }

    /**
     * Applies a {@code Range} header to a bundle of {@code length} bytes; an invalid header, or one with several
     * ranges, selects the whole.
     *
     * @throws Refused with 416 if the range begins beyond the end
     */
    static Selection range(String header, long length) {
        Matcher range = ONE_RANGE.matcher(header.strip().toLowerCase(Locale.ROOT));
        if (!range.matches()) {
            return whole(length);
        }
        String first = range.group(1);
        String last = range.group(2);
        if (first.isEmpty()) {
            return last.isEmpty() ? whole(length) : part(length - number(last, length), length, length);
        }
        if (!last.isEmpty() && number(last, Long.MAX_VALUE) < number(first, Long.MAX_VALUE)) {
            return whole(length);
        }
        long to = last.isEmpty() ? length : Math.min(length - 1, number(last, length)) + 1;
        return part(number(first, length), to, length);
    }

    long bytes() {
        return to - from;
    }

    private static Selection whole(long length) {
        return new Selection(HttpStatus.OK_200, 0, length);
    }

    private static Selection part(long from, long to, long length) {
        if (from >= length) {
            throw new Refused(
                    HttpStatus.RANGE_NOT_SATISFIABLE_416,
                    "The range begins beyond the end: the cart has " + length + " bytes.",
                    Map.of("Content-Range", "bytes */" + length));
        }
        return new Selection(HttpStatus.PARTIAL_CONTENT_206, from, to);
    }

    /** The number that the digits stand for, or {@code limit} if it is greater. */
    private static long number(String digits, long limit) {
        long number = 0;
        for (int i = 0; i < digits.length(); i++) {
            if (number > (Long.MAX_VALUE - 9) / 10) {
                return limit;
            }
            number = 10 * number + digits.charAt(i) - '0';
        }
        return Math.min(number, limit);
    }
}
