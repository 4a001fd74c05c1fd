package dev.cartd.cli.get;

import dev.cartd.cart.HumanText;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows how far a download is: a bar on a terminal, else a line now and then. Safe for use by many threads. */
sealed interface GetProgress extends AutoCloseable {
    /** A bar if the output is a terminal, else lines. */
    static GetProgress of(PrintWriter err, boolean isTerminal) {
        return isTerminal ? new Bar(err) : new Lines(err);
    }

    /** Bytes came; negative if some have to come again. */
    void bytes(long count);

    /** The bytes that there are in all. */
    void total(long bytes);

    /** The cart is so far, and so many of its files are here. */
    void show(CartState cart, long here);

    /** Something went wrong that people may want to know at once. */
    void note(String line);

    /** The number of bytes that came. */
    long count();

    @Override
    void close();

    /** What the cart does, and how many files are here. */
    private static String text(CartState cart, long here) {
        String tape = cart.tape() == 0 ? "" : String.format(Locale.ROOT, ", %,d on tape", cart.tape());
        String waits = cart.message().isEmpty() ? "" : "; " + cart.message();
        return String.format(Locale.ROOT, "%s, %,d/%,d files%s%s", cart.state(), here, cart.files(), tape, waits);
    }

    /** For a log or a script. */
    final class Lines implements GetProgress {
        private static final long EVERY_NANOS = 30_000_000_000L;

        private final PrintWriter err;
        private final AtomicLong bytes = new AtomicLong();
        private String state = "";
        private long shown = System.nanoTime();

        private Lines(PrintWriter err) {
            this.err = err;
        }

        @Override
        public void bytes(long count) {
            bytes.addAndGet(count);
        }

        @Override
        public void total(long bytes) {
            // Lines tell what is here.
        }

        @Override
        public synchronized void show(CartState cart, long here) {
            if (!cart.state().equals(state) || System.nanoTime() - shown > EVERY_NANOS) {
                state = cart.state();
                shown = System.nanoTime();
                note(text(cart, here) + ", " + HumanText.size(count()) + " here");
            }
        }

        @Override
        public synchronized void note(String line) {
            err.println(line);
            err.flush();
        }

        @Override
        public long count() {
            return bytes.get();
        }

        @Override
        public void close() {
            err.flush();
        }
    }

    /** For people. */
    final class Bar implements GetProgress {
        private final PrintWriter err;
        private final AtomicLong bytes = new AtomicLong();
        private final ProgressBar bar = new ProgressBarBuilder()
                .setTaskName("cartd get")
                .setInitialMax(-1)
                .setUnit(" MB", 1_000_000)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(200)
                .build();

        private Bar(PrintWriter err) {
            this.err = err;
        }

        @Override
        public void bytes(long count) {
            bar.stepTo(bytes.addAndGet(count));
        }

        @Override
        public void total(long bytes) {
            bar.maxHint(bytes);
        }

        @Override
        public void show(CartState cart, long here) {
            bar.setExtraMessage(" " + text(cart, here));
        }

        @Override
        public synchronized void note(String line) {
            // Above the bar, which draws itself anew.
            err.println("\r" + line);
            err.flush();
        }

        @Override
        public long count() {
            return bytes.get();
        }

        @Override
        public void close() {
            bar.close();
        }
    }
}
