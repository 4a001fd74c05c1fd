package dev.cartd.cli.admin;

import picocli.CommandLine.Option;

/** For commands whose lines are cut to the width of a terminal. */
final class WideOption {
    @Option(names = "--wide", description = "do not cut lines to the width of the terminal")
    private boolean wanted;

    boolean wanted() {
        return wanted;
    }
}
