package dev.cartd.cli.get;

import dev.cartd.cli.config.FailedException;
import dev.cartd.cli.get.CartServer.ServerAway;
import dev.cartd.cli.get.FilePage.ListedFile;
import dev.cartd.cli.get.Patience.NotFinished;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Looks at a cart again and again, and waits for its server while that is away. For one thread.
 *
 * <p>Methods throw {@link FailedException} if the cart is gone, and {@link NotFinished} if the server was away
 * for too long.
 */
final class CartWatch {
    /** How often to ask: rarely while nothing changes. */
    private static final Duration FIRST = Duration.ofMillis(500);

    static final Duration LONGEST = Duration.ofSeconds(10);

    private static final int MOST_FILES = 10_000_000;

    private final CartServer server;
    private final GetProgress progress;
    private final Patience patience;
    private Optional<CartState> last = Optional.empty();
    private Duration pause = FIRST;
    private long round = System.nanoTime();
    private long asked;

    CartWatch(CartServer server, GetProgress progress, Supplier<Patience> patience) {
        this.server = server;
        this.progress = progress;
        this.patience = patience.get();
    }

    /** Asks the server for the cart as it is now. */
    CartState ask() throws NotFinished, InterruptedException {
        CartState now = patiently(server::state);
        if (last.isPresent() && last.get().number() != now.number()) {
            throw new FailedException(
                    "another cart was made under this uid meanwhile: run the command again to fetch that one");
        }
        pause = last.filter(before -> !now.differs(before)).isPresent() ? longer(pause) : FIRST;
        last = Optional.of(now);
        now.bytes().ifPresent(progress::total);
        return now;
    }

    private static Duration longer(Duration pause) {
        Duration longer = pause.multipliedBy(3).dividedBy(2);
        return longer.compareTo(LONGEST) < 0 ? longer : LONGEST;
    }

    /** How long to wait before the next question. */
    Duration pause() {
        return pause;
    }

    /** Begins a round of questions: those from here on count for {@link #rest}. */
    void beginRound() {
        round = System.nanoTime();
        asked = 0;
    }

    /**
     * How long to wait at the end of a round, before the next one. A round begins when the pause since the last one is
     * over. But the server does not answer questions for more than half of the time, however long its lists are.
     */
    Duration rest() {
        Duration past = Duration.ofNanos(System.nanoTime() - round);
        Duration least = Duration.ofNanos(2 * asked);
        Duration rest = (least.compareTo(pause) > 0 ? least : pause).minus(past);
        return rest.isNegative() ? Duration.ZERO : rest;
    }

    /** Takes the files of a cart, one after the other. */
    interface Reader<E extends Exception> {
        void read(ListedFile file) throws E, NotFinished, InterruptedException;
    }

    /**
     * Reads all files of the cart that was looked at.
     *
     * @throws FailedException if they are too many, or not as many as the cart has
     */
    <E extends Exception> void files(Reader<E> reader) throws E, NotFinished, InterruptedException {
        CartState cart = last.orElseThrow();
        if (cart.files() > MOST_FILES) {
            throw new FailedException("the cart has " + cart.files() + " files, which is too many");
        }
        int count = 0;
        for (long after = 0; ; ) {
            FilePage page = page(after, Optional.empty());
            for (ListedFile file : page.files()) {
                if (count == MOST_FILES) {
                    throw new FailedException("the list of files does not end");
                }
                reader.read(file);
                count++;
            }
            if (!page.more()) {
                break;
            }
            after = page.last();
        }
        if (count != cart.files()) {
            throw new FailedException("the cart has " + cart.files() + " files, and the server lists " + count);
        }
    }

    /** A page of the files of the cart that was looked at. */
    FilePage page(long after, Optional<String> state) throws NotFinished, InterruptedException {
        long number = last.orElseThrow().number();
        return patiently(() -> server.page(number, after, state));
    }

    /** A question to the server. */
    interface Question<T> {
        T ask() throws ServerAway;
    }

    /** Asks until the server answers. */
    <T> T patiently(Question<T> question) throws NotFinished, InterruptedException {
        while (true) {
            try {
                long begin = System.nanoTime();
                T answer = question.ask();
                asked += System.nanoTime() - begin;
                patience.progressed();
                return answer;
            } catch (ServerAway e) {
                if (patience.isFresh()) {
                    progress.note(e.getMessage() + "; trying again");
                }
                patience.pause(e.getMessage());
            }
        }
    }
}
