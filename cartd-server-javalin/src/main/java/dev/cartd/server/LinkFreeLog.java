package dev.cartd.server;

import java.io.IOException;
import java.util.regex.Pattern;
import org.eclipse.jetty.server.AsyncRequestLogWriter;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.util.component.ContainerLifeCycle;

/** Writes an access log without the signatures of links, which are secrets as long as the links work. */
final class LinkFreeLog extends ContainerLifeCycle implements RequestLog.Writer {
    private static final Pattern LINK = Pattern.compile("([?&]link=)[^&# \"]*");

    private final RequestLog.Writer writer;

    LinkFreeLog(AsyncRequestLogWriter writer) {
        this.writer = writer;
        addBean(writer);
    }

    @Override
    public void write(String line) throws IOException {
        writer.write(LINK.matcher(line).replaceAll("$1***"));
    }
}
