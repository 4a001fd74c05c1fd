package dev.cartd.space;

/** What a year on one volume came to. */
final class Tally {
    private long requests;
    private long hits;
    private long bytesAsked;
    private long bytesHit;
    private long evictions;
    private long early;

    void hit(long bytes) {
        hits++;
        bytesHit += bytes;
        ask(bytes);
    }

    void pull(long bytes) {
        ask(bytes);
    }

    private void ask(long bytes) {
        requests++;
        bytesAsked += bytes;
    }

    /**
     * A cart went; {@code early} if somebody had used it in the week before, and it was still the newest of its uid.
     */
    void evict(boolean soon) {
        evictions++;
        early += soon ? 1 : 0;
    }

    /** The share of requests whose cart was there, in percent. */
    double hits() {
        return 100.0 * hits / requests;
    }

    /** The same by bytes. */
    double byteHits() {
        return 100.0 * bytesHit / bytesAsked;
    }

    long pulls() {
        return requests - hits;
    }

    long bytesPulled() {
        return bytesAsked - bytesHit;
    }

    long evictions() {
        return evictions;
    }

    long early() {
        return early;
    }
}
