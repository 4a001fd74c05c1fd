package dev.cartd.cli.doctor;

import java.util.List;

/** Looks at one thing. */
@FunctionalInterface
interface Check {
    /** Returns what it found, the worst or the most important first. A failure counts as bad. */
    List<Finding> run() throws Exception;
}
