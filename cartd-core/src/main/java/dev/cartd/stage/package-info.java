/**
 * Runs one step of a cart, from its claim to the next pause. {@code CartWorker} claims the cart and acts by its state;
 * {@code StagingStep} runs the phases of a cart that is being staged, {@code Endings} says what a step leaves behind.
 */
@NullMarked
package dev.cartd.stage;

import org.jspecify.annotations.NullMarked;
