/**
 * The tables of a database. {@code Schema} runs the changelog through Liquibase in one transaction,
 * {@code SchemaCheck} compares a database with the changelog without Liquibase. This room depends on {@code sql} only.
 */
@NullMarked
package dev.cartd.store.schema;

import org.jspecify.annotations.NullMarked;
