package dev.cartd.cli.doctor;

import dev.cartd.cli.config.FailedException;
import dev.cartd.system.Timeline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs checks. One that does not end in time, since a disk or a server hangs, is left behind, and that is a finding.
 */
final class Examination {
    private final Duration longest;

    /** @param longest how long a check may take */
    Examination(Duration longest) {
        this.longest = longest;
    }

    /** What a check found about {@code about}. */
    List<Finding> of(String about, Check check) {
        FutureTask<List<Finding>> task = new FutureTask<>(check::run);
        Timeline.daemons("cartd-doctor", false).newThread(task).start();
        try {
            return task.get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return List.of(Finding.bad(
                    about,
                    "there is no answer after " + longest.toSeconds() + " s: look at its disk, mount or server"));
        } catch (ExecutionException e) {
            return List.of(Finding.bad(about, FailedException.reason(e.getCause() == null ? e : e.getCause())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FailedException("stopped", e);
        }
    }
}
