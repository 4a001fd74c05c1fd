package dev.cartd.cli.admin;

import dev.cartd.cli.command.JsonOption;
import dev.cartd.cli.print.Json;
import dev.cartd.server.NewToken;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a token, with which its holder is let in. Writes nothing but its output. */
@Command(
        name = "token",
        description = {
            "Make a token for a client or an admin, and the line for the server's file of tokens.",
            "The token is shown only now: the line has its hash."
        })
public final class TokenCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private JsonOption json;

    @Parameters(paramLabel = "NAME", description = "what logs call its holder")
    private String name = "";

    @Override
    public Integer call() {
        NewToken token;
        try {
            token = NewToken.of(name);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json.wanted()) {
            try (Json answer = new Json(out)) {
                answer.put("name", token.name()).put("token", token.text()).put("line", token.line());
            }
        } else {
            out.println("token, shown only now:  " + token.text());
            out.println("line for the file:      " + token.line());
        }
        return CommandLine.ExitCode.OK;
    }
}
