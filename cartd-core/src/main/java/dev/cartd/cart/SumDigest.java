package dev.cartd.cart;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.zip.Checksum;

/** A checksum of 32 bits in the form of a hash: four bytes, the highest first. For one thread. */
final class SumDigest extends MessageDigest {
    private final Checksum sum;

    SumDigest(String name, Checksum sum) {
        super(name);
        this.sum = sum;
    }

    @Override
    protected void engineUpdate(byte input) {
        sum.update(input);
    }

    @Override
    protected void engineUpdate(byte[] input, int offset, int length) {
        sum.update(input, offset, length);
    }

    @Override
    protected byte[] engineDigest() {
        byte[] digest =
                ByteBuffer.allocate(Integer.BYTES).putInt((int) sum.getValue()).array();
        sum.reset();
        return digest;
    }

    @Override
    protected int engineGetDigestLength() {
        return Integer.BYTES;
    }

    @Override
    protected void engineReset() {
        sum.reset();
    }
}
