/**
 * What is done beside the carts in work: looking for damage, measuring, sweeping, forgetting what was deleted long
 * ago, and keeping the link of each uid on its newest cart.
 */
@NullMarked
package dev.cartd.upkeep;

import org.jspecify.annotations.NullMarked;
