package dev.cartd.system;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A range of internet addresses: all that have the same first bits. Immutable.
 *
 * @param start an address of the range
 * @param bits how many of its first bits count; 0 to 32 for IPv4, 0 to 128 for IPv6
 */
public record Network(InetAddress start, int bits) {
    private static final String BYTE = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final Pattern IPV4 = Pattern.compile(BYTE + "(?:\\." + BYTE + "){3}");
    /** Whatever has a colon is never looked up as a name. */
    private static final Pattern IPV6 = Pattern.compile("(?=[^:.]*:)[0-9A-Fa-f:.]{2,45}");

    private static final Pattern BITS = Pattern.compile("\\d{1,3}");

    /** @throws IllegalArgumentException if the addresses have fewer bits, or {@code bits} is negative */
    public Network {
        if (bits < 0 || bits > start.getAddress().length * 8) {
            throw new IllegalArgumentException("/" + bits + " is no part of " + start.getHostAddress());
        }
    }

    /**
     * Parses {@code 10.0.0.0/8} or {@code fd00::/8}, or a single address.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Network of(String text) {
        String[] parts = text.split("/", 2);
        InetAddress start = address(parts[0])
                .orElseThrow(() -> new IllegalArgumentException("'" + parts[0] + "' is no internet address"));
        if (parts.length == 1) {
            return new Network(start, start.getAddress().length * 8);
        }
        if (!BITS.matcher(parts[1]).matches()) {
            throw new IllegalArgumentException("'" + parts[1] + "' is no number of bits");
        }
        return new Network(start, Integer.parseInt(parts[1]));
    }

    /**
     * Parses an address of IPv4 or IPv6; an IPv4 address that is written as one of IPv6 becomes one of IPv4. Looks no
     * name up.
     */
    public static Optional<InetAddress> address(String text) {
        if (!IPV4.matcher(text).matches() && !IPV6.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(text));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /** Whether the range has this address. */
    public boolean contains(InetAddress address) {
        byte[] own = start.getAddress();
        byte[] other = address.getAddress();
        if (own.length != other.length) {
            return false;
        }
        int whole = bits / 8;
        for (int i = 0; i < whole; i++) {
            if (own[i] != other[i]) {
                return false;
            }
        }
        int mask = 0xFF00 >> bits % 8 & 0xFF;
        return mask == 0 || (own[whole] & mask) == (other[whole] & mask);
    }

    /** As {@link #of} reads it. */
    @Override
    public String toString() {
        return start.getHostAddress() + "/" + bits;
    }
}
