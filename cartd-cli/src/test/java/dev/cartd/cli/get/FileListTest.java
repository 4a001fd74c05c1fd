package dev.cartd.cli.get;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FileListTest {
    private final FileList list = new FileList();

    @Test
    void givesEachFileOnceUntilItComesBack() {
        list.add(5);
        list.add(9);
        assertThat(list.take(5)).isTrue();
        assertThat(list.take(5)).isFalse();
        assertThat(list.take(7)).isFalse();
        list.giveBack(5);
        assertThat(list.returned()).isEqualTo(1);
        assertThat(list.take(5)).isTrue();
        list.finish();
        assertThat(list.isFinished()).isFalse();
        assertThat(list.take(9)).isTrue();
        list.finish();
        assertThat(list.isFinished()).isTrue();
    }

    @Test
    void waitsUntilFewAreUnderWay() {
        list.add(5);
        list.add(9);
        assertThat(list.take(5)).isTrue();
        assertThat(list.take(9)).isTrue();
        CompletableFuture<Void> waiting =
                CompletableFuture.runAsync(() -> await(Duration.ZERO, Duration.ofHours(1), 1));
        assertThat(waiting).isNotDone();
        list.giveBack(9);
        assertThat(waiting).succeedsWithin(Duration.ofSeconds(60));

        CompletableFuture<Void> pausing =
                CompletableFuture.runAsync(() -> await(Duration.ofHours(1), Duration.ofHours(1), 1));
        list.finish();
        assertThat(list.take(9)).isTrue();
        assertThat(pausing).isNotDone();
        list.finish();
        assertThat(pausing).succeedsWithin(Duration.ofSeconds(60));
        await(Duration.ofHours(1), Duration.ofHours(1), 0);
    }

    @Test
    void waitsNoLongerThanItMay() {
        list.add(5);
        assertThat(list.take(5)).isTrue();
        await(Duration.ZERO, Duration.ofMillis(1), 0);
        list.giveBack(5);
        await(Duration.ofMillis(1), Duration.ofHours(1), 0);
        assertThat(list.isFinished()).isFalse();
    }

    private void await(Duration least, Duration most, int few) {
        try {
            list.await(least, most, few);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void passesOverWhatIsTaken() {
        for (long number = 10; number <= 50; number += 10) {
            list.add(number);
        }
        assertThat(list.nextOpen(0)).isZero();
        assertThat(list.take(10) && list.take(20) && list.take(40)).isTrue();
        assertThat(list.nextOpen(0)).isEqualTo(20);
        assertThat(list.nextOpen(20)).isEqualTo(20);
        assertThat(list.nextOpen(30)).isEqualTo(40);
        assertThat(list.take(30) && list.take(50)).isTrue();
        assertThat(list.nextOpen(0)).isEqualTo(50);
    }

    @Test
    void holdsAMillionFiles() {
        Random random = new Random(1);
        long number = 1L << 40;
        for (int i = 0; i < 1_000_000; i++) {
            number += 1 + random.nextInt(3);
            list.add(number);
        }
        assertThat(list.size()).isEqualTo(1_000_000);
        assertThat(list.take(number)).isTrue();
    }
}
