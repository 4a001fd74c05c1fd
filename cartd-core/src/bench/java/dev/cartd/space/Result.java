package dev.cartd.space;

/** How a policy did on a volume, whose size is in percent of all that was asked for, each cart taken once. */
record Result(Contender policy, int percent, Tally tally) {}
