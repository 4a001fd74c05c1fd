@NullMarked
package dev.cartd.server.view;

import org.jspecify.annotations.NullMarked;
