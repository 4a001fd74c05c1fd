package dev.cartd.cli.admin;

import picocli.CommandLine.Option;

/** The option of commands that cut lines to the width of the terminal. */
final class WideOption {
    @Option(names = "--wide", description = "do not cut lines to the width of the terminal")
    private boolean wanted;

    boolean wanted() {
        return wanted;
    }
}
