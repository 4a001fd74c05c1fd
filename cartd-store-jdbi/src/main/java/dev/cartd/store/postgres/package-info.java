/**
 * The dialect of PostgreSQL. Other packages use {@code Postgres} only, with its timeouts, its advisory locks and its
 * sequence of ids. {@code PostgresUrl} parses the URLs that SQLAlchemy, libpq and JDBC accept. This package depends on
 * {@code sql} only.
 */
@NullMarked
package dev.cartd.store.postgres;

import org.jspecify.annotations.NullMarked;
