package dev.cartd.server;

import dev.cartd.bundle.Bundle;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpDateTime;

/** The conditions that a request sets on the bundle that it gets (RFC 9110, 13). A date that is none sets no condition. */
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

    /** Whether the client wants nothing but a bundle other than this. */
    boolean failed() {
        Optional<String> match = header("If-Match");
        if (match.isPresent()) {
            return !names(match.get(), false);
        }
        OptionalLong since = date("If-Unmodified-Since");
        return since.isPresent() && modified > since.getAsLong();
    }

    /** Whether the client has this bundle already. */
    boolean unmodified() {
        Optional<String> noneMatch = header("If-None-Match");
        if (noneMatch.isPresent()) {
            return names(noneMatch.get(), true);
        }
        OptionalLong since = date("If-Modified-Since");
        return since.isPresent() && modified <= since.getAsLong();
    }

    /** Whether the range that the client wants is one of this bundle. */
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

    private boolean names(String list, boolean weakCounts) {
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
