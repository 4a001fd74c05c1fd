package dev.cartd.store.access;

import dev.cartd.spi.CartOwners;
import dev.cartd.store.rows.CartRow;
import dev.cartd.store.sql.Connections;
import dev.cartd.store.sql.NulFree;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The owners of carts, in a table with a row for each uid that has an owner or links. */
public record SqlCartOwners(Connections connections) implements CartOwners {
    private static final String OWNER = "select owner from cartaccess where cart_uid = :uid and owner <> ''";
    private static final String LIVE =
            "select '' from cart where cart_uid = :uid and " + CartRow.LIVE + " order by id limit 1";
    private static final String CLAIM = """
            insert into cartaccess (cart_uid, owner) values (:uid, :name)
            on conflict (cart_uid) do update set owner = excluded.owner where cartaccess.owner = ''""";
    private static final String KEY = "select link_key from cartaccess where cart_uid = :uid and link_key is not null";
    private static final String RECORD_KEY = """
            insert into cartaccess (cart_uid, owner, link_key) values (:uid, '', :key)
            on conflict (cart_uid) do update set link_key = excluded.link_key where cartaccess.link_key is null""";
    private static final String END =
            "update cartaccess set link_key = null where cart_uid = :uid and link_key is not null";

    @Override
    public Optional<String> owner(String uid) {
        return NulFree.isStorable(uid) ? connections.read(handle -> owner(handle, uid)) : Optional.empty();
    }

    @Override
    public boolean claim(String uid, String name) {
        Optional<String> before = owner(uid);
        return before.isPresent()
                ? before.get().equals(name)
                : connections.write(handle -> {
                    connections.dialect().lockUid(handle, uid);
                    if (owner(handle, uid).isEmpty()) {
                        handle.createUpdate(CLAIM)
                                .bind("uid", uid)
                                .bind("name", name)
                                .execute();
                    }
                    return owner(handle, uid).filter(name::equals).isPresent();
                });
    }

    @Override
    public Optional<String> linkKey(String uid) {
        return NulFree.isStorable(uid) ? connections.read(handle -> one(handle, KEY, uid)) : Optional.empty();
    }

    @Override
    public String linkKey(String uid, String fresh) {
        return linkKey(uid)
                .orElseGet(() -> connections.write(handle -> {
                    handle.createUpdate(RECORD_KEY)
                            .bind("uid", uid)
                            .bind("key", fresh)
                            .execute();
                    return one(handle, KEY, uid).orElseThrow();
                }));
    }

    @Override
    public boolean endLinks(String uid) {
        return connections.write(
                handle -> handle.createUpdate(END).bind("uid", uid).execute() > 0);
    }

    private static Optional<String> owner(Handle handle, String uid) {
        return one(handle, OWNER, uid).or(() -> one(handle, LIVE, uid));
    }

    private static Optional<String> one(Handle handle, String sql, String uid) {
        return handle.createQuery(sql).bind("uid", uid).mapTo(String.class).findOne();
    }
}
