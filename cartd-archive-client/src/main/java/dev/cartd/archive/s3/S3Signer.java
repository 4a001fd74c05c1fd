package dev.cartd.archive.s3;

import java.time.Clock;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import okhttp3.Request;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;

/** Signs requests, by version 4 of Amazon's signatures. Safe for use by many threads. */
final class S3Signer {
    /** The headers that are signed besides those that the signature needs. */
    private static final List<String> SIGNED = List.of("Range");

    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
    private final String region;
    private final S3Keys keys;
    private final Clock clock;

    S3Signer(String region, S3Keys keys, InstantSource clock) {
        this.region = region;
        this.keys = keys;
        this.clock = clock.withZone(ZoneOffset.UTC);
    }

    /** Signs a request without a body. */
    Request signed(Request request) {
        return signed(request, new byte[0]);
    }

    /**
     * Signs a request with this body.
     *
     * @throws dev.cartd.spi.ArchiveException.Unreachable if there are no keys
     */
    Request signed(Request request, byte[] body) {
        SdkHttpRequest.Builder unsigned = SdkHttpRequest.builder()
                .method(SdkHttpMethod.fromValue(request.method()))
                .uri(request.url().uri());
        for (String name : SIGNED) {
            request.headers(name).forEach(value -> unsigned.putHeader(name, value));
        }
        SignedRequest signed = signer.sign(sign -> sign.identity(keys.now())
                .request(unsigned.build())
                .payload(ContentStreamProvider.fromByteArray(body))
                .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false)
                .putProperty(HttpSigner.SIGNING_CLOCK, clock));
        Request.Builder builder = request.newBuilder();
        signed.request().forEachHeader((name, values) -> builder.header(name, values.get(0)));
        return builder.build();
    }
}
