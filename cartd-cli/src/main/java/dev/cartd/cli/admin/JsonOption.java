package dev.cartd.cli.admin;

import picocli.CommandLine.Option;

/** For commands that can answer to programs. */
final class JsonOption {
    @Option(names = "--json", description = "answer with one JSON object, on one line")
    private boolean wanted;

    boolean wanted() {
        return wanted;
    }
}
