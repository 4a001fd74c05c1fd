package dev.cartd.space;

import dev.cartd.spi.SpaceStore.Books;
import dev.cartd.spi.SpaceStore.Decision;
import dev.cartd.spi.SpaceStore.Waiting;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RoomQueueTest {
    private static final Decision WAIT = new Decision.Wait("why");

    @Test
    void whatFitsIsGrantedIfNobodyWaits() {
        assertThat(decide(books(0, 0), 1, 100, 100)).isEqualTo(granted());
        assertThat(decide(books(0, 0), 1, 101, 100)).isEqualTo(WAIT);
    }

    @Test
    void whatOthersWerePromisedIsNotFree() {
        assertThat(decide(books(60, 0), 1, 40, 100)).isEqualTo(granted());
        assertThat(decide(books(60, 0), 1, 41, 100)).isEqualTo(WAIT);
    }

    @Test
    void whatACartHasAlreadyIsNotNeededAgain() {
        assertThat(decide(books(0, 50), 1, 150, 100)).isEqualTo(granted());
        assertThat(decide(books(0, 50), 1, 151, 100)).isEqualTo(WAIT);
    }

    @Test
    void theFirstInLineIsGrantedBeforeTheOthers() {
        Books books = books(0, 0, waiting(1, 90, 0), waiting(2, 90, 0));

        assertThat(decide(books, 1, 90, 100)).isEqualTo(granted());
        assertThat(decide(books, 2, 90, 100)).isEqualTo(WAIT);
    }

    @Test
    void aSmallerOneOvertakesAllThatWaitBeforeIt() {
        Books books = books(0, 0, waiting(1, 500, 0), waiting(2, 600, 3), waiting(3, 50, 0), waiting(4, 10, 0));

        assertThat(decide(books, 3, 50, 100)).isEqualTo(granted(1L, 2L));
        assertThat(decide(books, 9, 5, 100)).isEqualTo(granted(1L, 2L, 3L, 4L));
        assertThat(decide(books, 9, 10, 100)).isEqualTo(WAIT);
    }

    @Test
    void nobodyIsOvertakenForEver() {
        Books books = books(0, 0, waiting(1, 500, RoomQueue.MOST));

        assertThat(decide(books, 2, 50, 100)).isEqualTo(WAIT);
        assertThat(decide(books, 1, 100, 100)).isEqualTo(granted());
    }

    private static Decision decide(Books books, long cart, long bytes, long free) {
        return RoomQueue.decide(books, cart, bytes, free, "why");
    }

    private static Decision granted(Long... overtaken) {
        return new Decision.Grant(Set.of(overtaken));
    }

    private static Books books(long promised, long own, Waiting... line) {
        return new Books(0, promised, own, List.of(line));
    }

    private static Waiting waiting(long cart, long bytes, int overtaken) {
        return new Waiting(cart, "uid", Instant.EPOCH, bytes, overtaken);
    }
}
