package dev.cartd.store.notices;

import dev.cartd.spi.Notice;
import dev.cartd.spi.Notices;
import dev.cartd.store.rows.RecordNotices;
import dev.cartd.store.sql.Connections;
import dev.cartd.store.sql.NulFree;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The notices of a database. Safe for use by many threads and processes. */
public record SqlNotices(Connections connections, InstantSource clock) implements Notices {
    @Override
    public boolean tell(long cartId, String url) {
        RecordNotices.requireHost(url);
        return connections.writeFirst(
                handle -> TellUrl.run(handle, connections.dialect(), cartId, url, clock.instant()));
    }

    @Override
    public List<Notice> due(int most) {
        return connections.read(handle -> SelectNotices.due(handle, most, clock.instant()));
    }

    @Override
    public Optional<Notice> claim(Notice notice, Duration time) {
        Instant until = clock.instant().plus(time);
        return connections.write(handle -> UpdateNotice.claim(handle, notice, until))
                ? Optional.of(UpdateNotice.claimed(notice, until))
                : Optional.empty();
    }

    @Override
    public void sent(Notice notice) {
        connections.write(handle -> UpdateNotice.delete(handle, notice));
    }

    @Override
    public void failed(Notice notice, String why, Optional<Duration> pause) {
        Optional<Instant> due = pause.map(clock.instant()::plus);
        connections.write(handle -> UpdateNotice.failed(handle, notice, NulFree.text(why), due));
    }

    @Override
    public List<Notice> list(int most) {
        return connections.readMuch(handle -> SelectNotices.all(handle, most));
    }

    @Override
    public int retry(Set<String> ids) {
        return connections.write(handle -> UpdateNotice.retry(handle, ids, clock.instant()));
    }

    @Override
    public int forget(Instant before) {
        return connections.write(handle -> UpdateNotice.forget(handle, before));
    }
}
