package dev.cartd.cli.serve;

import dev.cartd.cli.command.CommandContext;
import dev.cartd.cli.command.OpenResources;
import dev.cartd.cli.command.StopSignal;
import dev.cartd.cli.config.Configuration;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Works on carts until a signal ends it. Opens no port: servers on the same database and volume take the requests. */
@Command(name = "work", description = "Work on carts without a server, beside servers on the same database and volume.")
public final class WorkCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(WorkCommand.class);

    @ParentCommand
    private CommandContext context;

    @Override
    public Integer call() {
        StopSignal stop = StopSignal.interruptingThisThread();
        Configuration configuration = context.configuration();
        StartLog.program();
        StartLog.configuration(configuration);
        try (OpenResources running = context.work(configuration)) {
            LOG.info("working");
            Systemd systemd = Systemd.of(context);
            systemd.ready("working");
            running.until(stop);
            systemd.stopping();
        } catch (RuntimeException e) {
            if (!stop.received()) {
                throw e;
            }
        }
        return CommandLine.ExitCode.OK;
    }
}
