package dev.cartd.store.sqlite;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class KeptStatementsTest {
    private static final String INSERT = "insert into mine (n) values (?)";
    private static final String SELECT = "select n from mine where n >= ? order by n";

    private final AtomicInteger prepared = new AtomicInteger();
    private Connection raw;
    private Connection connection;

    @BeforeEach
    void open() throws SQLException {
        raw = DriverManager.getConnection("jdbc:sqlite::memory:");
        try (Statement statement = raw.createStatement()) {
            statement.execute("create table mine (n integer primary key)");
        }
        connection = KeptStatements.of(Counted.of(raw, prepared));
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    private void insert(int n) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            statement.setInt(1, n);
            statement.executeUpdate();
        }
    }

    private List<Integer> select(int from) throws SQLException {
        List<Integer> found = new ArrayList<>();
        try (PreparedStatement statement =
                connection.prepareStatement(SELECT, ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY)) {
            statement.setInt(1, from);
            ResultSet rows = statement.executeQuery();
            while (rows.next()) {
                found.add(rows.getInt(1));
            }
        }
        return found;
    }

    @Test
    void aStatementIsPreparedOnce() throws SQLException {
        for (int n = 1; n <= 5; n++) {
            insert(n);
            assertThat(select(n)).containsExactly(n);
        }
        assertThat(prepared).hasValue(2);
    }

    @Test
    void aStatementThatIsInUseIsPreparedAgain() throws SQLException {
        insert(1);
        insert(2);
        int before = prepared.get();
        try (PreparedStatement outer = connection.prepareStatement(SELECT)) {
            outer.setInt(1, 1);
            ResultSet rows = outer.executeQuery();
            assertThat(rows.next()).isTrue();
            assertThat(select(2)).containsExactly(2);
            assertThat(rows.next()).isTrue();
            assertThat(rows.getInt(1)).isEqualTo(2);
        }
        assertThat(prepared).hasValue(before + 2);
        assertThat(select(1)).containsExactly(1, 2);
        assertThat(prepared).hasValue(before + 2);
    }

    /** SQLite does not drop a table while a statement reads it. */
    private void assertNobodyReads() throws SQLException {
        try (Statement statement = raw.createStatement()) {
            statement.execute("drop table mine");
        }
    }

    @Test
    void whatIsNotReadToItsEndEndsWithItsStatement() throws SQLException {
        insert(1);
        insert(2);
        try (PreparedStatement statement = connection.prepareStatement(SELECT)) {
            statement.setInt(1, 1);
            assertThat(statement.executeQuery().next()).isTrue();
        }
        assertNobodyReads();
    }

    @Test
    void whatIsNotReadAtAllEndsWithItsStatement() throws SQLException {
        insert(1);
        insert(2);
        try (PreparedStatement statement = connection.prepareStatement(SELECT)) {
            statement.setInt(1, 1);
            assertThat(statement.execute()).isTrue();
        }
        assertNobodyReads();
    }

    @Test
    void aSettingIsNotInherited() throws SQLException {
        insert(1);
        insert(2);
        try (PreparedStatement statement = connection.prepareStatement(SELECT)) {
            statement.setMaxRows(1);
        }
        assertThat(select(1)).containsExactly(1, 2);
    }

    @Test
    void parametersAndBatchesOfBeforeAreForgotten() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            statement.setInt(1, 1);
            statement.addBatch();
        }
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            statement.setInt(1, 2);
            statement.addBatch();
            assertThat(statement.executeBatch()).hasSize(1);
        }
        assertThat(select(0)).containsExactly(2);
    }

    @Test
    void aStatementThatFailedIsNotKept() throws SQLException {
        insert(1);
        assertThatThrownBy(() -> insert(1)).isInstanceOf(SQLException.class).hasMessageContaining("UNIQUE");
        insert(2);
        assertThat(select(1)).containsExactly(1, 2);
        assertThat(prepared).hasValue(3);
    }

    @Test
    void aClosedStatementCannotBeUsed() throws SQLException {
        PreparedStatement statement = connection.prepareStatement(SELECT);
        statement.close();
        statement.close();
        assertThat(statement.isClosed()).isTrue();
        assertThatThrownBy(statement::executeQuery).isInstanceOf(SQLException.class);
    }

    @Test
    void thoseUsedLongestAgoAreClosed() throws SQLException {
        insert(1);
        for (int n = 0; n < 250; n++) {
            connection.prepareStatement("select " + n).close();
        }
        int before = prepared.get();
        connection.prepareStatement("select 249").close();
        assertThat(prepared).hasValue(before);
        connection.prepareStatement("select 0").close();
        assertThat(prepared).hasValue(before + 1);
    }
}
