/**
 * The tables of a database. {@code Schema} applies the changelog through Liquibase in one transaction,
 * {@code SchemaCheck} compares a database with the changelog without Liquibase. This package depends on {@code sql}
 * only.
 */
@NullMarked
package dev.cartd.store.schema;

import org.jspecify.annotations.NullMarked;
