/**
 * The page of a cart, for people: {@code /-/carts/{uid}/}, and {@code /{uid}} for browsers while there is nothing to
 * download. {@code PageRoutes} answers; a {@code CartPage} is what a page shows, in {@code Words}, with a
 * {@code FileTree} and the {@code Folders} of large carts. The templates are in {@code src/main/jte}; the build makes a
 * class of each, in this package. {@code StaticFiles} are what a page refers to.
 */
@NullMarked
package dev.cartd.server.page;

import org.jspecify.annotations.NullMarked;
