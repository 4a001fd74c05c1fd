package dev.cartd.store.sql;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/**
 * One statement for very many rows, a thousand at a time. Straight on JDBC: a hundred thousand rows take a third of the
 * time and none of the memory that named bindings take.
 */
public final class Batches {
    private static final int ROWS = 1000;

    private Batches() {}

    /** Sets the statement's parameters from one item. */
    public interface Binder<T> {
        void bind(PreparedStatement row, T item) throws SQLException;
    }

    /** A failure of the statement. */
    private static final class Failed extends JdbiException {
        private static final long serialVersionUID = 1;

        Failed(SQLException cause) {
            super(cause);
        }
    }

    /** Runs the statement for each item. */
    public static <T> void run(Handle handle, String sql, List<T> items, Binder<T> binder) {
        try (PreparedStatement statement = handle.getConnection().prepareStatement(sql)) {
            int filled = 0;
            for (T item : items) {
                binder.bind(statement, item);
                statement.addBatch();
                if (++filled % ROWS == 0) {
                    statement.executeBatch();
                }
            }
            statement.executeBatch();
        } catch (SQLException e) {
            throw new Failed(e);
        }
    }
}
