/**
 * The routes of a cart, {@code /{uid}}, as Pacifica Cartd has them. {@code CartRoutes} leads to {@code HeadCart},
 * {@code GetCart} and {@code PostCart}; {@code KeepHeader} and {@code RequestRules} say what a POST may ask for.
 * {@code Carts} is all that the server uses of a {@code Cartd}, {@code LateCarts} stands for one that is starting.
 */
@NullMarked
package dev.cartd.server.carts;

import org.jspecify.annotations.NullMarked;
