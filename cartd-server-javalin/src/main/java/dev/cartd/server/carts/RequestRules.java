package dev.cartd.server.carts;

import java.time.Duration;
import java.util.Set;

/**
 * What a client may ask for when it submits a cart.
 *
 * @param maxFiles the maximum number of files
 * @param bundleDefault the value of {@code bundle} for requests that do not contain it
 * @param keepMax the maximum time to keep the cart; 0 if clients may not ask
 * @param notifyHosts the hosts whose URLs may be told about the cart
 */
public record RequestRules(int maxFiles, boolean bundleDefault, Duration keepMax, Set<String> notifyHosts) {}
