/**
 * The port {@code Scheduler}, on db-scheduler. {@code StepScheduler} runs the steps of carts and finds those of
 * processes that died. {@code StepTable} is its table, and explains why no wake is lost. {@code Heartbeats} and
 * {@code SteadyClock} keep it right when clocks are wrong. This package depends on {@code sql} and {@code rows}.
 */
@NullMarked
package dev.cartd.store.engine;

import org.jspecify.annotations.NullMarked;
