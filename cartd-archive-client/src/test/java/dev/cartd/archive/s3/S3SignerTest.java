package dev.cartd.archive.s3;

import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class S3SignerTest {
    private static final String SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    private static final Instant THEN = Instant.parse("2013-05-24T00:00:00Z");
    private static final Map<String, String> ENVIRONMENT =
            Map.of("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY", SECRET);

    private static Request signed(S3Keys keys) {
        Request request = new Request.Builder()
                .url("https://examplebucket.s3.amazonaws.com/test.txt")
                .header("Range", "bytes=0-9")
                .build();
        return new S3Signer("us-east-1", keys, () -> THEN).signed(request);
    }

    private static String authorization(Map<String, String> environment) {
        return String.valueOf(signed(new S3Keys(Optional.empty(), environment)).header("Authorization"));
    }

    /** The example of Amazon's description of these signatures. */
    @Test
    void signsAsAmazonDescribesIt() {
        assertThat(authorization(ENVIRONMENT))
                .contains("Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request")
                .contains("SignedHeaders=host;range;x-amz-content-sha256;x-amz-date")
                .endsWith("Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    }

    /** The signature is the one that Amazon's library for Python makes. */
    @Test
    void signsAnEncodedKeyAndABody() {
        byte[] body = "<RestoreRequest/>".getBytes(StandardCharsets.US_ASCII);
        Request request = new Request.Builder()
                .url("https://examplebucket.s3.amazonaws.com/a%20b/100%25%2B%C3%A9?restore")
                .post(RequestBody.create(body))
                .build();
        S3Keys keys = new S3Keys(Optional.empty(), ENVIRONMENT);
        assertThat(new S3Signer("us-east-1", keys, () -> THEN)
                        .signed(request, body)
                        .header("Authorization"))
                .contains("SignedHeaders=host;x-amz-content-sha256;x-amz-date")
                .endsWith("Signature=154efb434d43aeef0f11232285c7654fb80f1a7474cb3e3f24d3cad92ae03e11");
    }

    @Test
    void takesTheKeysOfAProfileAsTheyAreNow(@TempDir Path home) throws IOException {
        Path file = home.resolve("keys");
        S3Keys keys = new S3Keys(Optional.of(file), Map.of("AWS_ACCESS_KEY_ID", "another"));
        assertThatThrownBy(keys::now)
                .isInstanceOf(ArchiveException.Unreachable.class)
                .hasMessageStartingWith("there are no keys for signing: no such file or directory: ");
        Files.writeString(file, "[other]\naws_access_key_id = x\n[default]\naws_access_key_id = y\n");
        assertThatThrownBy(keys::now)
                .hasMessage("there are no keys for signing: section [default] of " + file
                        + " has no aws_access_key_id and aws_secret_access_key");
        Files.writeString(
                file,
                "[default]\n# of today\naws_access_key_id=AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = " + SECRET);
        assertThat(signed(keys).header("Authorization")).endsWith("dd91039c6036bdb41");
        Files.writeString(file, "[default]\naws_access_key_id=a\naws_secret_access_key=b\naws_session_token=c==\n");
        assertThat(signed(keys).header("X-Amz-Security-Token")).isEqualTo("c==");
    }

    @Test
    void looksForKeysWhereOtherProgramsDo(@TempDir Path home) throws IOException {
        assertThatThrownBy(() -> authorization(Map.of("AWS_ACCESS_KEY_ID", "a")))
                .hasMessageEndingWith("AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not");
        Files.createDirectory(home.resolve(".aws"));
        Files.writeString(
                home.resolve(".aws/credentials"),
                "[default]\naws_access_key_id=x\n[lab]\naws_access_key_id=lab\naws_secret_access_key=b\n");
        assertThat(authorization(Map.of("HOME", home.toString(), "AWS_PROFILE", "lab")))
                .contains("Credential=lab/");
        Path other = Files.writeString(home.resolve("o"), "[default]\naws_access_key_id=o\naws_secret_access_key=b\n");
        assertThat(authorization(Map.of("HOME", home.toString(), "AWS_SHARED_CREDENTIALS_FILE", other.toString())))
                .contains("Credential=o/");
    }
}
