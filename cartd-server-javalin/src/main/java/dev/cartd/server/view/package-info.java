/**
 * A cart as JSON, {@code /-/carts/{uid}} and {@code /-/carts/{uid}/files}. {@code ViewRoutes} answers;
 * {@code CartDocument} writes a cart, {@code FilesPage} a page of its files. {@code Rates} remembers how fast carts
 * came on, {@code Counts} how many files are in each state.
 */
@NullMarked
package dev.cartd.server.view;

import org.jspecify.annotations.NullMarked;
