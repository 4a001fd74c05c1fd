package dev.cartd;

import dev.cartd.cart.Outage;
import java.util.Optional;

/**
 * The condition of something that carts need.
 *
 * @param name what it is: one lower-case word; for an archive beside the default one {@code archive} and its name
 * @param away since when it is away, and why; empty if it is there, as far as is known
 */
public record Condition(String name, Optional<Outage.Away> away) {}
