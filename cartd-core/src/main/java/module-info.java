/** Carts, staging, the volume and the tar, behind ports: needs the JDK and commons-compress, nothing else. */
module dev.cartd.core {
    requires org.apache.commons.compress;
    requires static org.jspecify;

    exports dev.cartd;
    exports dev.cartd.bundle;
    exports dev.cartd.cart;
    exports dev.cartd.local;
    exports dev.cartd.space;
    exports dev.cartd.spi;
    exports dev.cartd.system;
}
