package dev.cartd;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A port with something around its methods: to count, to wait, to fail, or to answer in its place. */
public final class Around {
    /** What is done for a call. */
    @FunctionalInterface
    public interface Advice {
        /**
         * Answers a call.
         *
         * @param port does what the port would do
         */
        @Nullable
        Object answer(String method, List<?> arguments, Callable<@Nullable Object> port) throws Exception;
    }

    private Around() {}

    /** The port, with this around each of its methods. */
    public static <T> T port(Class<T> type, T port, Advice advice) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> advice.answer(
                        method.getName(), arguments == null ? List.of() : Arrays.asList(arguments), () -> {
                            try {
                                return method.invoke(port, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause() instanceof Exception cause ? cause : e;
                            }
                        })));
    }
}
