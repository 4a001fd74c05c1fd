package dev.cartd.cli.print;

import dev.cartd.store.StoredCart;
import java.io.IOException;

/** A format of {@code dump}: a list of carts, each written when it is added. */
public sealed interface DumpFormat permits YamlDump, JsonDump {
    /** Writes a cart. */
    void cart(StoredCart cart) throws IOException;

    /** Ends the list. */
    void end() throws IOException;
}
