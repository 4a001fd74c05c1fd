package dev.cartd.store.schema;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is in one transaction, whatever its user thinks: a commit only sets the point that a rollback goes
 * back to. So all that Liquibase does happens as a whole or not at all, its own lock and record included, and a process
 * that is killed leaves nothing behind.
 */
final class OneTransaction {
    private final Connection real;
    private Savepoint last;

    private OneTransaction(Connection real) throws SQLException {
        this.real = real;
        this.last = real.setSavepoint();
    }

    /** A view of this connection, which is in a transaction that its owner ends and closes. */
    static Connection of(Connection inTransaction) throws SQLException {
        OneTransaction one = new OneTransaction(inTransaction);
        return (Connection) Proxy.newProxyInstance(
                OneTransaction.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> one.invoke(method, arguments));
    }

    private @Nullable Object invoke(Method method, Object @Nullable [] arguments) throws Throwable {
        switch (method.getName()) {
            case "commit" -> last = real.setSavepoint();
            case "rollback" -> real.rollback(last);
            case "setAutoCommit", "close" -> {
                // It is its owner's.
            }
            default -> {
                return onReal(method, arguments);
            }
        }
        return null;
    }

    private @Nullable Object onReal(Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
