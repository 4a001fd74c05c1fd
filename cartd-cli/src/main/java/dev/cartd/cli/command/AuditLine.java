package dev.cartd.cli.command;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Writes an event of the audit file as one line: the time in UTC, who runs the process, and what was done. */
final class AuditLine extends LayoutBase<ILoggingEvent> {
    private final String who;

    AuditLine(String who) {
        this.who = who;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        Instant time = Instant.ofEpochMilli(event.getTimeStamp()).truncatedTo(ChronoUnit.SECONDS);
        return time + " [" + LogLine.of(who) + "] " + LogLine.of(event.getFormattedMessage()) + '\n';
    }
}
