package dev.cartd.store.sqlite;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the prepared statements of one connection, so that a statement that is prepared again need not be parsed and
 * planned again: that takes longer than most statements run. A statement that failed is not kept, nor is one with a
 * setting that its next user would inherit. For one thread at a time, like the connection.
 */
final class KeptStatements implements InvocationHandler {
    /** The most statements that are kept: those that were used last. */
    private static final int MOST = 200;

    private final Connection connection;
    private final Map<String, PreparedStatement> free = new LinkedHashMap<>(16, 0.75f, true);

    private KeptStatements(Connection connection) {
        this.connection = connection;
    }

    /** This connection, with statements that are kept when they are closed. */
    static Connection of(Connection connection) {
        return proxy(Connection.class, new KeptStatements(connection));
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(KeptStatements.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        return switch (method.getName()) {
            case "prepareStatement" -> prepare(method, arguments == null ? new Object[0] : arguments);
            case "close" -> {
                closeAll();
                yield call(connection, method, arguments);
            }
            default -> call(connection, method, arguments);
        };
    }

    /** Keeps only statements with SQLite's one kind of result set: SQLite refuses any other kind. */
    private Object prepare(Method method, Object[] arguments) throws Throwable {
        String sql = (String) arguments[0];
        boolean plain = arguments.length == 1
                || (arguments.length == 3
                        && arguments[1].equals(ResultSet.TYPE_FORWARD_ONLY)
                        && arguments[2].equals(ResultSet.CONCUR_READ_ONLY));
        PreparedStatement kept = plain ? free.remove(sql) : null;
        PreparedStatement statement = kept == null ? (PreparedStatement) call(connection, method, arguments) : kept;
        return plain ? proxy(PreparedStatement.class, new Kept(sql, statement)) : statement;
    }

    private void keep(String sql, PreparedStatement statement) throws SQLException {
        PreparedStatement other = free.put(sql, statement);
        if (other != null) {
            other.close(); // Both were in use at the same time.
        }
        if (free.size() > MOST) {
            PreparedStatement oldest = free.remove(free.keySet().iterator().next());
            if (oldest != null) {
                oldest.close();
            }
        }
    }

    private void closeAll() throws SQLException {
        for (PreparedStatement statement : free.values()) {
            statement.close();
        }
        free.clear();
    }

    private static Object call(Object target, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** A statement that is kept when it is closed. */
    private final class Kept implements InvocationHandler {
        private final String sql;
        private final PreparedStatement statement;
        private @Nullable ResultSet result;

        /** Whether the statement must not be kept. */
        private boolean spent;

        private boolean closed;

        Kept(String sql, PreparedStatement statement) {
            this.sql = sql;
            this.statement = statement;
        }

        @Override
        public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
            if (method.getName().equals("close")) {
                close();
                return null;
            }
            if (method.getName().equals("isClosed")) {
                return closed;
            }
            if (closed) {
                throw new SQLException("the statement is closed");
            }
            spent |= isSetting(method);
            try {
                Object answer = call(statement, method, arguments);
                if (answer instanceof ResultSet rows) {
                    result = rows;
                }
                return answer;
            } catch (SQLException e) {
                spent = true;
                throw e;
            }
        }

        /** Whether this sets something that {@link #clear} does not clear, such as a timeout. */
        private static boolean isSetting(Method method) {
            String name = method.getName();
            return (name.startsWith("set") && method.getParameterCount() == 1) || name.equals("closeOnCompletion");
        }

        private void close() throws SQLException {
            if (closed) {
                return;
            }
            closed = true;
            try {
                clear();
            } catch (SQLException e) {
                spent = true;
            }
            if (spent) {
                statement.close();
            } else {
                keep(sql, statement);
            }
        }

        private void clear() throws SQLException {
            if (!spent) {
                ResultSet rows = result == null ? statement.getResultSet() : result;
                if (rows != null) {
                    rows.close(); // Otherwise the statement would go on reading, and hold its snapshot.
                }
                statement.clearParameters();
                statement.clearBatch();
            }
        }
    }
}
