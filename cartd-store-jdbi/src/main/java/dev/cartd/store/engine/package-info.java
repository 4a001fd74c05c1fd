/**
 * The port {@code Scheduler}, on db-scheduler. {@code StepScheduler} runs the steps of carts. {@code StepTable} is
 * db-scheduler's table; its Javadoc explains why no wake is lost. {@code DeadSteps} has the steps of dead processes run
 * again, by their {@code Heartbeats}. {@code SteadyClock} protects against clocks that are wrong or are set. This
 * package depends on {@code sql} and {@code rows}.
 */
@NullMarked
package dev.cartd.store.engine;

import org.jspecify.annotations.NullMarked;
