package dev.cartd.cli.print;

import dev.cartd.store.StoredCart;
import java.io.IOException;

/** How carts are dumped: a list of them, written as it comes. */
public sealed interface DumpFormat permits YamlDump, JsonDump {
    /** Writes one more. */
    void cart(StoredCart cart) throws IOException;

    /** Ends the list. */
    void end() throws IOException;
}
