/**
 * Object stores that speak S3, with or without tape behind them. {@link dev.cartd.archive.s3.S3Archive} is the archive,
 * {@code S3Answer} reads what the store says, {@code S3Signer} signs requests with the keys of {@code S3Keys}.
 */
@NullMarked
package dev.cartd.archive.s3;

import org.jspecify.annotations.NullMarked;
