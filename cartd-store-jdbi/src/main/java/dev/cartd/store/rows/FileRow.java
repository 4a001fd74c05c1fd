package dev.cartd.store.rows;

import dev.cartd.cart.CartFile;
import dev.cartd.cart.Checksum;
import dev.cartd.cart.FileStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * Maps a row of {@code file} to a {@link CartFile}; accepts any row, like {@link CartRow}. It reads columns by
 * position, since that is faster and there may be a million rows. Stateless, and safe for use by many threads.
 */
public final class FileRow implements RowMapper<CartFile> {
    /** The columns that this mapper reads, in this order. */
    public static final String COLUMNS = "id, file_name, bundle_path, hash_type, hash_value, status, error,"
            + " coalesce(size, -1), coalesce(mtime, 0), online, coalesce(asked, -1), tries, coalesce(share, id) <> id,"
            + " coalesce(crc, -1), sha256, receipt";

    /** The SQL expression for the state of a file; an unknown status counts as {@code error}. */
    public static final String STATE =
            "case when status in ('waiting', 'staging', 'staged') then status else 'error' end";

    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    @Override
    public CartFile map(ResultSet row, StatementContext context) throws SQLException {
        String word = text(row, 6);
        Optional<FileStatus> status = status(word);
        String error = text(row, 7);
        return new CartFile(
                row.getLong(1),
                text(row, 2),
                text(row, 3),
                new Checksum(text(row, 4), text(row, 5)),
                status.orElse(FileStatus.ERROR),
                status.isPresent() ? error : CartRow.unknownState(word, error),
                Math.max(CartFile.UNKNOWN, row.getLong(8)),
                row.getLong(9),
                row.getBoolean(10),
                row.getLong(11),
                row.getBoolean(13),
                row.getInt(12),
                crc(row.getLong(14)),
                sha256(row.getString(15)),
                text(row, 16));
    }

    private static long crc(long value) {
        return value >> Integer.SIZE == 0 ? value : CartFile.UNKNOWN;
    }

    private static Optional<String> sha256(@Nullable String value) {
        return Optional.ofNullable(value).filter(hex -> SHA256.matcher(hex).matches());
    }

    private static Optional<FileStatus> status(String word) {
        for (FileStatus status : FileStatus.values()) {
            if (status.word().equals(word)) {
                return Optional.of(status);
            }
        }
        return Optional.empty();
    }

    private static String text(ResultSet row, int column) throws SQLException {
        return Objects.requireNonNullElse(row.getString(column), "");
    }
}
