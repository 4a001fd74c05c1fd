package dev.cartd.limit;

import dev.cartd.limit.RequestLimit.Verdict;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A request that is sent while no other one is out.
 *
 * @param answer sends it
 * @param sent is told whether it was alone
 */
record AloneRequest(Supplier<Verdict> answer, Consumer<Boolean> sent) implements RequestLimit.Request {
    @Override
    public boolean isAlone() {
        return true;
    }

    @Override
    public Verdict send() {
        return answer.get();
    }

    @Override
    public void sent(boolean wasAlone) {
        sent.accept(wasAlone);
    }
}
