/**
 * Sends notices about carts: {@code NoticeSender} takes them from the database, a {@code Webhook} posts them, a
 * {@code NoticeProgram} runs the program of the operator for them.
 */
@NullMarked
package dev.cartd.cli.notify;

import org.jspecify.annotations.NullMarked;
