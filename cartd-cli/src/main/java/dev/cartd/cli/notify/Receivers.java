package dev.cartd.cli.notify;

import dev.cartd.cli.config.Configuration;
import dev.cartd.spi.Notice;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import okhttp3.Dns;
import okhttp3.HttpUrl;

/** The receivers of the configuration: leads each notice to its own. */
final class Receivers implements Delivery, AutoCloseable {
    private final Configuration.Notify settings;
    private final Optional<Webhook> webhook;
    private final Optional<NoticeProgram> program;

    /**
     * @param post how long a URL may take for a notice
     * @param run how long the program may take for a notice
     */
    Receivers(Configuration.Notify settings, Duration post, Duration run, Dns dns) {
        this.settings = settings;
        this.webhook = settings.secretFile()
                .map(file ->
                        new Webhook(new Signature(file), settings.allowNetworks(), post, dns, InstantSource.system()));
        this.program = settings.command().map(path -> new NoticeProgram(path, run));
    }

    @Override
    public void send(Notice notice, String event) throws IOException, InterruptedException {
        if (notice.receiver().equals(Notice.COMMAND)) {
            program.orElseThrow(() -> new IOException("there is no [notify] command any more"))
                    .send(notice, event);
        } else {
            HttpUrl url = notice.receiver().equals(Notice.URL) ? own() : allowed(notice.receiver());
            webhook.orElseThrow(() -> new IOException("there is no [notify] secret_file any more"))
                    .send(url, notice, event);
        }
    }

    private HttpUrl own() throws IOException {
        return HttpUrl.get(settings.url()
                .map(URI::toString)
                .orElseThrow(() -> new IOException("there is no [notify] url any more")));
    }

    /** Checked again: the setting may be another than it was when the client asked. */
    private HttpUrl allowed(String receiver) throws IOException {
        HttpUrl url = HttpUrl.parse(receiver);
        if (url == null
                || !url.isHttps()
                || !settings.allowHosts().contains(url.port() == 443 ? url.host() : url.host() + ":" + url.port())) {
            throw new IOException("[notify] allow_hosts does not have the host any more");
        }
        return url;
    }

    @Override
    public void close() {
        webhook.ifPresent(Webhook::close);
    }
}
