package dev.cartd.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;

/**
 * A range of a bundle that is computed as it is read. Each read uses a channel that no other read uses; at best one
 * that is at the position already, so that a file is not opened twice.
 */
final class LayoutRange extends BundleChannel {
    private static final int FEW = 4;

    private final Layout layout;
    private final Contents contents;
    private final long to;
    private final List<LayoutChannel> channels = new ArrayList<>();
    private final List<LayoutChannel> idle = new ArrayList<>();
    private boolean closed;

    LayoutRange(Layout layout, Contents contents, long from, long to) {
        super(from);
        this.layout = layout;
        this.contents = contents;
        this.to = to;
    }

    @Override
    public int read(ByteBuffer dst, long at) throws IOException {
        LayoutChannel channel = take(at);
        try {
            return channel.read(dst, at);
        } finally {
            give(channel);
        }
    }

    private synchronized LayoutChannel take(long at) throws ClosedChannelException {
        if (closed) {
            throw new ClosedChannelException();
        }
        for (int i = 0; i < idle.size(); i++) {
            if (idle.get(i).position() == at) {
                return idle.remove(i);
            }
        }
        if (!idle.isEmpty()) {
            return idle.remove(0);
        }
        LayoutChannel channel = new LayoutChannel(layout, contents, to);
        channels.add(channel);
        return channel;
    }

    private synchronized void give(LayoutChannel channel) {
        idle.add(channel);
    }

    @Override
    public boolean isScattered(long from, long end) {
        return from < end && layout.pieceAt(end - 1) - layout.pieceAt(from) >= FEW;
    }

    @Override
    public void rest() throws IOException {
        contents.rest();
    }

    @Override
    public synchronized boolean isOpen() {
        return !closed;
    }

    @Override
    public void close() throws IOException {
        List<LayoutChannel> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(channels);
        }
        try {
            for (LayoutChannel channel : all) {
                channel.close();
            }
        } finally {
            contents.close();
        }
    }
}
