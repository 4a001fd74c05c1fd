package dev.cartd.cart;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A client's request for a cart: accepted as a whole or refused as a whole. Immutable, so safe for use by many threads.
 *
 * @param uid the name of the cart: {@code [A-Za-z0-9][A-Za-z0-9._~-]{0,199}}
 * @param bundle whether the tar is to be made on disk
 * @param items the files; at least one. Equal items count once. Different items have different paths, and no path is
 *     also a directory of another path
 */
public record CartRequest(String uid, boolean bundle, List<Item> items) {
    private static final Pattern UID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._~-]{0,199}");
    private static final int MAX_ID = 1024;

    /**
     * One requested file.
     *
     * @param archiveId its id in the archive: from 1 to 1,024 bytes of UTF-8, no control characters or unpaired
     *     surrogates, no empty, {@code .} or {@code ..} segment
     * @param path its path inside the cart
     * @param checksum the hash that it must have
     */
    public record Item(String archiveId, BundlePath path, Checksum checksum) {
        /**
         * Checks the id in the archive.
         *
         * @throws CartException.Invalid if the id is not valid; the message begins with {@code id:}
         */
        public Item {
            if (archiveId.length() > MAX_ID || !Text.isPlainPath(archiveId)) {
                check(archiveId);
            }
        }

        private static void check(String archiveId) {
            if (archiveId.isEmpty()) {
                throw new CartException.Invalid("id: is empty");
            }
            if (archiveId.length() > MAX_ID || archiveId.getBytes(StandardCharsets.UTF_8).length > MAX_ID) {
                throw new CartException.Invalid("id: is longer than " + MAX_ID + " bytes");
            }
            if (Text.hasControl(archiveId)
                    || !StandardCharsets.UTF_8.newEncoder().canEncode(archiveId)) {
                throw new CartException.Invalid("id: has a control character or an unpaired surrogate");
            }
            for (String segment : archiveId.split("/", -1)) {
                if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
                    throw new CartException.Invalid("id: has an empty, . or .. segment");
                }
            }
        }

        /**
         * An item from texts. Any hash type and hash are accepted; see {@link Checksum}.
         *
         * @throws CartException.Invalid if the id or the path is not valid; the message begins with {@code id:} or
         *     {@code path:}
         */
        public static Item of(String archiveId, String path, String hashType, String hash) {
            try {
                return new Item(archiveId, BundlePath.parse(path), new Checksum(hashType, hash));
            } catch (CartException.Invalid e) {
                String message = e.getMessage();
                throw message.startsWith("id: ") ? e : new CartException.Invalid("path: " + message);
            }
        }
    }

    /**
     * Checks the request and removes repeated items.
     *
     * @throws CartException.Invalid if the uid or an item is not valid; the message begins with its place, such as
     *     {@code fileids[3].path:}
     */
    public CartRequest {
        if (!UID.matcher(uid).matches()) {
            throw new CartException.Invalid(
                    "uid: " + Text.quote(uid) + " is not a name of letters, digits, . _ ~ and -,"
                            + " beginning with a letter or digit, of at most 200 characters");
        }
        if (items.isEmpty()) {
            throw new CartException.Invalid("fileids: is empty");
        }
        items = distinct(items);
    }

    /**
     * A digest of the requested content: SHA-256, in hex digits. It is equal for two requests if {@code bundle} and the
     * items are equal, in any order. The uid is not part of it. Takes time in proportion to the number of items.
     */
    public String content() {
        List<Item> sorted = new ArrayList<>(items);
        sorted.sort(Comparator.comparing(item -> item.path.value()));
        MessageDigest digest = Checksum.sha256();
        digest.update((byte) (bundle ? 1 : 0));
        for (Item item : sorted) {
            update(digest, item.path.value());
            update(digest, item.archiveId);
            update(digest, item.checksum.type());
            update(digest, item.checksum.value());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Puts the length before the text, so that no two different lists of texts give the same bytes. */
    private static void update(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        digest.update(bytes);
    }

    private static List<Item> distinct(List<Item> items) {
        Map<String, Integer> places = new HashMap<>(items.size() * 2);
        List<Item> kept = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            Item item = items.get(i);
            Integer before = places.putIfAbsent(item.path.value(), i);
            if (before == null) {
                kept.add(item);
            } else if (!item.equals(items.get(before))) {
                throw new CartException.Invalid("fileids[" + i + "].path: " + Text.quote(item.path.value())
                        + " is also the path of fileids[" + before + "]");
            }
        }
        refuseFilesThatAreDirectories(places);
        return List.copyOf(kept);
    }

    private static void refuseFilesThatAreDirectories(Map<String, Integer> places) {
        places.forEach((path, place) -> {
            for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
                Integer file = places.get(path.substring(0, slash));
                if (file != null) {
                    throw new CartException.Invalid("fileids[" + file + "].path: "
                            + Text.quote(path.substring(0, slash)) + " is also a directory of fileids[" + place + "]");
                }
            }
        });
    }
}
