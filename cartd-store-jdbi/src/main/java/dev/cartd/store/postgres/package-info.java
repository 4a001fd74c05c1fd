/**
 * The dialect of PostgreSQL. {@code Postgres} is all that others see: its limits, its advisory locks, its sequence of
 * numbers. {@code PostgresUrl} reads the URLs that SQLAlchemy, libpq and JDBC accept. This package depends on
 * {@code sql} only.
 */
@NullMarked
package dev.cartd.store.postgres;

import org.jspecify.annotations.NullMarked;
