package dev.cartd.cli.command;

import picocli.CommandLine.Option;

/** The option of commands that can answer with JSON. */
public final class JsonOption {
    @Option(names = "--json", description = "answer with one JSON object, on one line")
    private boolean wanted;

    /** Whether it was given. */
    public boolean wanted() {
        return wanted;
    }
}
