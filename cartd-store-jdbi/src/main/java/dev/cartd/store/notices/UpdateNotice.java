package dev.cartd.store.notices;

import dev.cartd.spi.Notice;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** Claims notices, and records what became of them. The number of tries fences off who lost its claim. */
final class UpdateNotice {
    private static final String CLAIM = "update cartnotice set due_at = :until, tries = tries + 1"
            + " where id = :id and tries = :tries and due_at is not null";
    private static final String FAILED =
            "update cartnotice set due_at = :due, failure = :why where id = :id and tries = :tries";
    private static final String RETRY =
            "update cartnotice set due_at = :now, tries = 0, failure = '' where due_at is null";

    private UpdateNotice() {}

    static boolean claim(Handle handle, Notice notice, Instant until) {
        return handle.createUpdate(CLAIM)
                        .bind("until", until.toEpochMilli())
                        .bind("id", notice.id())
                        .bind("tries", notice.tries())
                        .execute()
                == 1;
    }

    /** The notice as it is once it is claimed. */
    static Notice claimed(Notice notice, Instant until) {
        return new Notice(
                notice.id(),
                notice.event(),
                notice.cart(),
                notice.uid(),
                notice.reason(),
                notice.files(),
                notice.bytes(),
                notice.happened(),
                notice.receiver(),
                notice.host(),
                notice.tries() + 1,
                Optional.of(until),
                notice.failure());
    }

    static int delete(Handle handle, Notice notice) {
        return handle.createUpdate("delete from cartnotice where id = :id")
                .bind("id", notice.id())
                .execute();
    }

    static int failed(Handle handle, Notice notice, String why, Optional<Instant> due) {
        return handle.createUpdate(FAILED)
                .bind("due", due.map(Instant::toEpochMilli).orElse(null))
                .bind("why", why)
                .bind("id", notice.id())
                .bind("tries", notice.tries())
                .execute();
    }

    static int retry(Handle handle, Set<String> ids, Instant now) {
        if (ids.isEmpty()) {
            return handle.createUpdate(RETRY).bind("now", now.toEpochMilli()).execute();
        }
        return ids.stream()
                .mapToInt(id -> handle.createUpdate(RETRY + " and id = :id")
                        .bind("now", now.toEpochMilli())
                        .bind("id", id)
                        .execute())
                .sum();
    }

    static int forget(Handle handle, Instant before) {
        return handle.createUpdate("delete from cartnotice where due_at is null and happened_at < :before")
                .bind("before", before.toEpochMilli())
                .execute();
    }
}
