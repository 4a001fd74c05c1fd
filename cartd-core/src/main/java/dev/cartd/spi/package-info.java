/**
 * The ports: the interfaces through which cartd uses an archive, a store, a scheduler and other nodes. Their Javadoc is
 * the contract of each implementation, and an abstract test of the same name checks it: {@code ArchiveContract} for
 * {@link dev.cartd.spi.Archive}, and so on, in the tests of cartd-core.
 *
 * <p>A store is a {@link dev.cartd.spi.CartStore} with its parts {@link dev.cartd.spi.SpaceStore}, {@link
 * dev.cartd.spi.TwinStore} and {@link dev.cartd.spi.VolumeStore}. A {@link dev.cartd.spi.Scheduler} runs the steps of
 * its carts, and {@link dev.cartd.spi.RequestShares} divides the requests among its nodes. {@link
 * dev.cartd.spi.CartOwners} are for servers that keep their clients apart. The room {@code local} has
 * all of them in memory.
 */
@NullMarked
package dev.cartd.spi;

import org.jspecify.annotations.NullMarked;
