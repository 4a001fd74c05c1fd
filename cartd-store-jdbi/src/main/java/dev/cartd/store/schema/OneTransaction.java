package dev.cartd.store.schema;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import org.jspecify.annotations.Nullable;

/**
 * Wraps a connection so that all work on it stays in one transaction: a commit only sets the savepoint to which a
 * rollback returns. So Liquibase's changes, its lock and its records are stored together or not at all, and a process
 * that is killed leaves nothing behind.
 */
final class OneTransaction {
    private final Connection real;
    private Savepoint savepoint;

    private OneTransaction(Connection real) throws SQLException {
        this.real = real;
        this.savepoint = real.setSavepoint();
    }

    /** Wraps a connection that is in a transaction. The caller ends the transaction and closes the connection. */
    static Connection of(Connection inTransaction) throws SQLException {
        OneTransaction one = new OneTransaction(inTransaction);
        return (Connection) Proxy.newProxyInstance(
                OneTransaction.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> one.invoke(method, arguments));
    }

    private @Nullable Object invoke(Method method, Object @Nullable [] arguments) throws Throwable {
        switch (method.getName()) {
            case "commit" -> savepoint = real.setSavepoint();
            case "rollback" -> real.rollback(savepoint);
            case "setAutoCommit", "close" -> {
                // The owner of the connection does this.
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
