package dev.cartd.volume;

import dev.cartd.local.MemoryStore;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.VolumeStore;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.InstantSource;
import java.util.Optional;

/** Stores that tell of themselves that they last, like a database, which a test keeps through its restarts. */
public final class LastingStore {
    private LastingStore() {}

    /** An empty one. */
    public static CartStore empty() {
        MemoryStore memory = new MemoryStore(InstantSource.system());
        VolumeStore volume = new Lasting(memory.volume());
        Object proxy = Proxy.newProxyInstance(
                CartStore.class.getClassLoader(), new Class<?>[] {CartStore.class}, (self, method, arguments) -> {
                    try {
                        return method.getName().equals("volume") ? volume : method.invoke(memory, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        return (CartStore) proxy;
    }

    private record Lasting(VolumeStore memory) implements VolumeStore {
        @Override
        public Optional<String> id() {
            return memory.id();
        }

        @Override
        public Optional<String> record(Choice choice) throws IOException {
            return memory.record(choice);
        }

        @Override
        public boolean lasts() {
            return true;
        }
    }
}
