/**
 * One step of a cart, from its claim to the next pause. {@code CartWorker} takes the cart and decides what its state
 * asks for; {@code StagingStep} is the list of phases of a cart that is being staged; {@code CartCompletion} makes it whole.
 */
@NullMarked
package dev.cartd.stage;

import org.jspecify.annotations.NullMarked;
