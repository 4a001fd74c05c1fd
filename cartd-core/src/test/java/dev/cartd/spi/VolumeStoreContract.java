package dev.cartd.spi;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What every {@link VolumeStore} promises. */
public abstract class VolumeStoreContract extends StoreContract {
    /** To be extended by the test of an implementation. */
    protected VolumeStoreContract() {}

    @Test
    void knowsNoVolumeUntilOneIsRecorded() throws IOException {
        assertThat(store.volume().id()).isEmpty();
        assertThat(store.volume().record(known -> Optional.empty())).isEmpty();
        assertThat(store.volume().id()).isEmpty();
    }

    @Test
    void recordsWhatWasChosen() throws IOException {
        assertThat(store.volume().record(known -> Optional.of("one"))).contains("one");
        assertThat(store.volume().record(known -> Optional.empty())).contains("one");
        assertThat(store.volume().record(known -> known.map(id -> id + "-two"))).contains("one-two");
        assertThat(store.volume().id()).contains("one-two");
    }

    @Test
    void aChoiceThatFailsRecordsNothing() throws IOException {
        store.volume().record(known -> Optional.of("one"));
        assertThatThrownBy(() -> store.volume().record(known -> {
                    throw new IOException("the disk is full");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("the disk is full");
        assertThat(store.volume().id()).contains("one");
    }

    @Test
    void ofManyThatChooseAtOnceTheFirstDecides() {
        Set<String> chosen = ConcurrentHashMap.newKeySet();
        Set<Optional<String>> answers = ConcurrentHashMap.newKeySet();
        IntStream.range(0, 20).parallel().forEach(i -> {
            try {
                answers.add(store.volume().record(known -> {
                    if (known.isPresent()) {
                        return Optional.empty();
                    }
                    chosen.add("id-" + i);
                    return Optional.of("id-" + i);
                }));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(chosen).hasSize(1);
        assertThat(answers).containsExactly(store.volume().id());
    }
}
