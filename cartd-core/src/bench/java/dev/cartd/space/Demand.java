package dev.cartd.space;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * What is asked of a facility in one year: few carts often, most carts seldom (Zipf), and sizes that have nothing to do
 * with it. The arithmetic is such that a seed makes the same year on every machine.
 *
 * @param carts how many there are to ask for
 * @param requests how many come
 * @param fades whether carts appear in the course of the year and are forgotten again, like the data of an experiment;
 *     otherwise each is wanted as much in December as in January
 */
record Demand(int carts, int requests, boolean fades) {
    /**
     * Somebody wants a cart.
     *
     * @param changed whether its files are others than before, so that a cart of this uid is of no use
     */
    record Request(Instant when, String uid, long bytes, boolean changed) {}

    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    private static final double DAYS = 365;
    private static final double MEAN_DAYS_OF_INTEREST = 45;
    private static final double SKEW = 0.8;
    private static final double CHANGED = 0.01;

    /** The requests, in the order in which they come. */
    List<Request> year(long seed) {
        Random random = new Random(seed);
        String[] uids = IntStream.range(0, carts).mapToObj(i -> "cart-" + i).toArray(String[]::new);
        long[] bytes = LongStream.generate(() -> size(random)).limit(carts).toArray();
        double[] born = DoubleStream.generate(() -> birth(random)).limit(carts).toArray();
        double[] shares = shares();
        List<Request> year = new ArrayList<>(requests);
        while (year.size() < requests) {
            int cart = draw(shares, random);
            double day = fades ? born[cart] + wait(random) : random.nextDouble() * DAYS;
            if (day >= 0 && day < DAYS) {
                year.add(new Request(at(day), uids[cart], bytes[cart], random.nextDouble() < CHANGED));
            }
        }
        year.sort(Comparator.comparing(Request::when));
        return year;
    }

    /** What all carts that are asked for take, in bytes. */
    static long bytes(List<Request> year) {
        Map<String, Long> bytes = new HashMap<>();
        year.forEach(request -> bytes.put(request.uid(), request.bytes()));
        return bytes.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Log-normal about 1 GB, one in six ten times as large or more, from 1 MB to 1 TB. */
    private static long size(Random random) {
        double power = Math.min(3, Math.max(-3, random.nextGaussian()));
        return (long) (1e9 * StrictMath.pow(10, power));
    }

    /** Some carts are there before the year begins: otherwise January would have next to nothing to ask for. */
    private static double birth(Random random) {
        return random.nextDouble() * (DAYS + 3 * MEAN_DAYS_OF_INTEREST) - 3 * MEAN_DAYS_OF_INTEREST;
    }

    private static double wait(Random random) {
        return -MEAN_DAYS_OF_INTEREST * StrictMath.log(1 - random.nextDouble());
    }

    /** For each cart the weight of all up to it. */
    private double[] shares() {
        double[] shares = new double[carts];
        double sum = 0;
        for (int cart = 0; cart < carts; cart++) {
            sum += StrictMath.pow(cart + 1, -SKEW);
            shares[cart] = sum;
        }
        return shares;
    }

    private static int draw(double[] shares, Random random) {
        int found = Arrays.binarySearch(shares, random.nextDouble() * shares[shares.length - 1]);
        return found < 0 ? -found - 1 : found;
    }

    private static Instant at(double day) {
        return BEGIN.plusMillis((long) (day * 86_400_000));
    }
}
