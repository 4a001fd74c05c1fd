package dev.cartd.server.download;

import dev.cartd.bundle.Bundle;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpDateTime;

/** The conditions of a request for a bundle (RFC 9110, section 13). A header with an invalid date sets no condition. */
final class Conditions {
    private static final Pattern ETAG = Pattern.compile("(W/)?\"([\\x21\\x23-\\x7e\\x80-\\xff]*)\"");

    private final HttpServletRequest request;
    private final String etag;
    private final long modified;

    Conditions(HttpServletRequest request, Bundle bundle) {
        this.request = request;
        this.etag = bundle.etag();
        this.modified = bundle.modified().getEpochSecond();
    }

    /** Whether {@code If-Match} or {@code If-Unmodified-Since} fails, which means 412. */
    boolean failed() {
        Optional<String> match = header("If-Match");
        if (match.isPresent()) {
            return !matches(match.get(), false);
        }
        OptionalLong since = date("If-Unmodified-Since");
        return since.isPresent() && modified > since.getAsLong();
    }

    /**
     * Whether the client already has this bundle, by {@code If-None-Match} or {@code If-Modified-Since}, which means
     * 304.
     */
    boolean unmodified() {
        Optional<String> noneMatch = header("If-None-Match");
        if (noneMatch.isPresent()) {
            return matches(noneMatch.get(), true);
        }
        OptionalLong since = date("If-Modified-Since");
        return since.isPresent() && modified <= since.getAsLong();
    }

    /** Whether the range of the request refers to this bundle, by {@code If-Range}. */
    boolean rangeApplies() {
        Optional<String> validator = header("If-Range");
        if (validator.isEmpty()) {
            return true;
        }
        Matcher tag = ETAG.matcher(validator.get().strip());
        if (tag.matches()) {
            return tag.group(1) == null && tag.group(2).equals(etag);
        }
        OptionalLong date = date("If-Range");
        return date.isPresent() && date.getAsLong() == modified;
    }

    private boolean matches(String list, boolean weakCounts) {
        if (list.strip().equals("*")) {
            return true;
        }
        Matcher tags = ETAG.matcher(list);
        while (tags.find()) {
            if (tags.group(2).equals(etag) && (weakCounts || tags.group(1) == null)) {
                return true;
            }
        }
        return false;
    }

    private Optional<String> header(String name) {
        String all = String.join(", ", Collections.list(request.getHeaders(name)));
        return all.isEmpty() ? Optional.empty() : Optional.of(all);
    }

    private OptionalLong date(String name) {
        try {
            return header(name).stream()
                    .mapToLong(text -> HttpDateTime.parse(text).toEpochSecond())
                    .findFirst();
        } catch (IllegalArgumentException e) {
            return OptionalLong.empty();
        }
    }
}
