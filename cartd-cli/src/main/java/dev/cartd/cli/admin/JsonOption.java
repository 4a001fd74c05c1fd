package dev.cartd.cli.admin;

import picocli.CommandLine.Option;

/** The option of commands that can answer with JSON. */
final class JsonOption {
    @Option(names = "--json", description = "answer with one JSON object, on one line")
    private boolean wanted;

    boolean wanted() {
        return wanted;
    }
}
