package dev.cartd.store.sql;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/**
 * Runs one statement for many rows, in JDBC batches of a thousand. It bypasses JDBI: a hundred thousand rows take a
 * third of the time and none of the memory that named bindings need.
 */
public final class Batches {
    private static final int ROWS = 1000;

    private Batches() {}

    /** Sets the parameters of the statement from one item. */
    public interface Binder<T> {
        void bind(PreparedStatement row, T item) throws SQLException;
    }

    /** An {@link SQLException} as the unchecked exception that {@link Connections} translates. */
    private static final class Failed extends JdbiException {
        private static final long serialVersionUID = 1;

        Failed(SQLException cause) {
            super(cause);
        }
    }

    /**
     * Runs the statement once for each item, in the transaction of {@code handle}.
     *
     * @return the items for which it changed a row, in their order
     * @throws JdbiException if the statement fails
     */
    public static <T> List<T> run(Handle handle, String sql, List<T> items, Binder<T> binder) {
        List<T> changed = new ArrayList<>();
        try (PreparedStatement statement = handle.getConnection().prepareStatement(sql)) {
            for (int from = 0; from < items.size(); from += ROWS) {
                List<T> some = items.subList(from, Math.min(items.size(), from + ROWS));
                for (T item : some) {
                    binder.bind(statement, item);
                    statement.addBatch();
                }
                int[] counts = statement.executeBatch();
                for (int i = 0; i < counts.length; i++) {
                    if (counts[i] > 0) {
                        changed.add(some.get(i));
                    }
                }
            }
        } catch (SQLException e) {
            throw new Failed(e);
        }
        return changed;
    }
}
