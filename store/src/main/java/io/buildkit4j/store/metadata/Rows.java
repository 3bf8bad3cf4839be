package io.buildkit4j.store.metadata;

import io.buildkit4j.footing.NameBytes;
import io.buildkit4j.store.metadata.Table.Change;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.zip.CRC32;
import org.sqlite.JDBC;

/** The rows of the SQLite file. Each value has a checksum of its own before it, over table, key and value. */
final class Rows implements AutoCloseable {
    private static final int CHECKSUM = 4;

    private final Connection connection;

    private Rows(Connection connection) {
        this.connection = connection;
    }

    /** Takes one row that is whole. */
    interface Reader {
        void row(String table, String key, byte[] value);
    }

    /** Opens or makes the file, and fails when it is not a sound database. */
    static Rows open(Path file) throws SQLException {
        Connection connection = JDBC.createConnection(JDBC.PREFIX + file, new Properties());
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            check(statement);
            statement.execute("CREATE TABLE IF NOT EXISTS entry (place BLOB NOT NULL, key BLOB NOT NULL,"
                    + " value BLOB NOT NULL, PRIMARY KEY (place, key)) WITHOUT ROWID");
            connection.setAutoCommit(false);
            return new Rows(connection);
        } catch (SQLException | RuntimeException failed) {
            connection.close();
            throw failed;
        }
    }

    private static void check(Statement statement) throws SQLException {
        try (ResultSet result = statement.executeQuery("PRAGMA quick_check(1)")) {
            String said = result.next() ? result.getString(1) : "nothing";
            if (!said.equals("ok")) {
                throw new SQLException("quick_check says " + said);
            }
        }
    }

    void read(Reader reader) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT place, key, value FROM entry")) {
            while (rows.next()) {
                byte[] place = rows.getBytes(1);
                byte[] key = rows.getBytes(2);
                byte[] stored = rows.getBytes(3);
                Optional<byte[]> value = unsealed(place, key, stored);
                value.ifPresent(whole -> reader.row(NameBytes.decode(place), NameBytes.decode(key), whole));
            }
        }
        connection.commit();
    }

    /** Writes all or nothing, durably. */
    void write(List<Change> changes) throws SQLException {
        try (PreparedStatement put = connection.prepareStatement("REPLACE INTO entry VALUES (?, ?, ?)");
                PreparedStatement remove =
                        connection.prepareStatement("DELETE FROM entry WHERE place = ? AND key = ?")) {
            for (Change change : changes) {
                write(change, put, remove);
            }
            connection.commit();
        } catch (SQLException failed) {
            undo(failed);
            throw failed;
        }
    }

    /**
     * On a full disk SQLite has undone it already. Then the driver says that there is nothing to undo, and believes ever
     * after that a transaction is open: one is begun, so that it is right.
     */
    private void undo(SQLException reason) {
        try {
            connection.rollback();
        } catch (SQLException undone) {
            reason.addSuppressed(undone);
            try (Statement statement = connection.createStatement()) {
                statement.execute("BEGIN");
            } catch (SQLException open) {
                reason.addSuppressed(open);
            }
        }
    }

    private static void write(Change change, PreparedStatement put, PreparedStatement remove) throws SQLException {
        byte[] place = NameBytes.encode(change.table().name);
        for (String removed : change.remove()) {
            remove.setBytes(1, place);
            remove.setBytes(2, NameBytes.encode(removed));
            remove.executeUpdate();
        }
        for (var entry : change.put().entrySet()) {
            byte[] key = NameBytes.encode(entry.getKey());
            put.setBytes(1, place);
            put.setBytes(2, key);
            put.setBytes(3, sealed(place, key, entry.getValue()));
            put.executeUpdate();
        }
    }

    private static byte[] sealed(byte[] place, byte[] key, byte[] value) {
        ByteBuffer out = ByteBuffer.allocate(CHECKSUM + value.length);
        out.putInt(checksum(place, key, value, 0)).put(value);
        return out.array();
    }

    private static Optional<byte[]> unsealed(byte[] place, byte[] key, byte[] stored) {
        boolean whole =
                stored.length >= CHECKSUM && ByteBuffer.wrap(stored).getInt() == checksum(place, key, stored, CHECKSUM);
        return whole ? Optional.of(Arrays.copyOfRange(stored, CHECKSUM, stored.length)) : Optional.empty();
    }

    private static int checksum(byte[] place, byte[] key, byte[] value, int from) {
        CRC32 crc = new CRC32();
        crc.update(place);
        crc.update(0);
        crc.update(key);
        crc.update(0);
        crc.update(value, from, value.length - from);
        return (int) crc.getValue();
    }

    /** Writes the log back into the file. */
    @Override
    public void close() throws SQLException {
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        } finally {
            connection.close();
        }
    }
}
