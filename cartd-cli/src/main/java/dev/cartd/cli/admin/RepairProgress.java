package dev.cartd.cli.admin;

import dev.cartd.cart.Cart;
import java.io.PrintWriter;
import java.util.List;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import picocli.CommandLine;

/** Shows the progress of repairs: bars on a terminal, else lines. */
sealed interface RepairProgress extends AutoCloseable {
    /** Bars if the output is a terminal, else lines. */
    static RepairProgress of(PrintWriter err, int carts) {
        return CommandLine.Help.Ansi.AUTO.enabled() ? new Bars(carts) : new Lines(err, carts);
    }

    /** Shows the progress of the carts whose repair has not ended. */
    void show(List<Cart> working);

    /** Shows that the repair of one more cart has ended. */
    void ended(Cart cart);

    @Override
    void close();

    /** Lines for a log or a script: about a hundred, however many carts there are. */
    final class Lines implements RepairProgress {
        private static final int LINES = 100;

        private final PrintWriter err;
        private final int carts;
        private int ended;

        private Lines(PrintWriter err, int carts) {
            this.err = err;
            this.carts = carts;
        }

        @Override
        public void show(List<Cart> working) {
            // Prints nothing: a line for every file would be too many.
        }

        @Override
        public void ended(Cart cart) {
            ended++;
            if (ended == carts || ended % Math.max(1, carts / LINES) == 0) {
                err.println("Total Carts: " + ended + "/" + carts);
                err.flush();
            }
        }

        @Override
        public void close() {
            if (carts == 0) {
                err.println("Total Carts: 0/0");
            }
        }
    }

    /** Two bars: the carts, and the files of those whose repair has not ended. */
    final class Bars implements RepairProgress {
        private final ProgressBar carts;
        private final ProgressBar files;

        private Bars(int all) {
            carts = bar("Total Carts", all);
            files = bar("Number of Files", 0);
        }

        private static ProgressBar bar(String name, long most) {
            return new ProgressBarBuilder()
                    .setTaskName(name)
                    .setInitialMax(most)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(200)
                    .build();
        }

        @Override
        public void show(List<Cart> working) {
            if (!working.isEmpty()) {
                files.maxHint(working.stream()
                        .mapToLong(cart -> cart.progress().files())
                        .sum());
                files.stepTo(working.stream()
                        .mapToLong(cart -> cart.progress().staged())
                        .sum());
            }
        }

        @Override
        public void ended(Cart cart) {
            carts.step();
        }

        @Override
        public void close() {
            files.stepTo(Math.max(0, files.getMax()));
            files.close();
            carts.close();
        }
    }
}
