package dev.cartd.archive.s3;

import dev.cartd.cart.FailureText;
import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

/**
 * Where the keys for signing are: in the file that is configured; else in the environment; else in {@code
 * ~/.aws/credentials}, or the file that {@code AWS_SHARED_CREDENTIALS_FILE} names. In a file they are in the section
 * that {@code AWS_PROFILE} names, or {@code default}. No message contains a key. Safe for use by many threads.
 */
final class S3Keys {
    /** The longest file that is read. */
    private static final int MAX = 64 << 10;

    private final Optional<Path> configured;
    private final Map<String, String> environment;

    /** @param configured the file that is configured */
    S3Keys(Optional<Path> configured, Map<String, String> environment) {
        this.configured = configured;
        this.environment = environment;
    }

    static S3Keys ofThisMachine(Optional<Path> configured) {
        return new S3Keys(configured, System.getenv());
    }

    /**
     * The keys as they are now.
     *
     * @throws ArchiveException.Unreachable if there are none; the message says where they were looked for
     */
    AwsCredentialsIdentity now() {
        if (configured.isEmpty() && value("AWS_ACCESS_KEY_ID").isPresent()) {
            return identity(this::value)
                    .orElseThrow(() -> none("AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not"));
        }
        Path file = configured.orElseGet(this::usual);
        String profile = value("AWS_PROFILE").orElse("default");
        Map<String, String> section = section(file, profile);
        return identity(name -> Optional.ofNullable(section.get(name.toLowerCase(Locale.ROOT))))
                .orElseThrow(() -> none("section [" + profile + "] of " + file
                        + " has no aws_access_key_id and aws_secret_access_key"));
    }

    private Path usual() {
        return value("AWS_SHARED_CREDENTIALS_FILE")
                .map(Path::of)
                .orElseGet(() -> Path.of(value("HOME").orElse(System.getProperty("user.home")), ".aws", "credentials"));
    }

    private Optional<String> value(String variable) {
        return Optional.ofNullable(environment.get(variable)).filter(text -> !text.isEmpty());
    }

    @FunctionalInterface
    private interface Source {
        Optional<String> get(String name);
    }

    private static Optional<AwsCredentialsIdentity> identity(Source source) {
        Optional<String> id = source.get("AWS_ACCESS_KEY_ID");
        Optional<String> secret = source.get("AWS_SECRET_ACCESS_KEY");
        if (id.isEmpty() || secret.isEmpty()) {
            return Optional.empty();
        }
        Optional<AwsCredentialsIdentity> session = source.get("AWS_SESSION_TOKEN")
                .map(token -> AwsSessionCredentialsIdentity.create(id.get(), secret.get(), token));
        return session.or(() -> Optional.of(AwsCredentialsIdentity.create(id.get(), secret.get())));
    }

    private static Map<String, String> section(Path file, String name) {
        Map<String, String> values = new HashMap<>();
        boolean inside = false;
        for (String line : text(file).lines().map(String::strip).toList()) {
            int equals = line.indexOf('=');
            if (line.startsWith("[")) {
                inside = line.equals("[" + name + "]");
            } else if (inside && equals > 0 && !line.startsWith("#")) {
                String key = line.substring(0, equals).strip().toLowerCase(Locale.ROOT);
                values.put(key, line.substring(equals + 1).strip());
            }
        }
        return values;
    }

    private static String text(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MAX), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw none(FailureText.of(e));
        }
    }

    private static ArchiveException none(String why) {
        return new ArchiveException.Unreachable("there are no keys for signing: " + why);
    }
}
