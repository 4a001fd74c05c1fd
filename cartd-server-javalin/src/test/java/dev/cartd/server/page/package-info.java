/** Tests of the page's parts. */
@NullMarked
package dev.cartd.server.page;

import org.jspecify.annotations.NullMarked;
