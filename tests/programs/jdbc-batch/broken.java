// Saves a month's campaign metrics and its conversion metrics, each as a batch:
// java -cp postgresql.jar broken.java MONTH
//
// Broken: the connection is in auto-commit mode, where each executeBatch is a transaction. When the
// second one fails, the month has clicks and no reservations.
import java.sql.*;

class SaveMonth {
  static final String[] CLIENTS = {"c01", "c02", "c03"};
  static final long[] CLICKS = {3377, 1512, 954};
  static final long[] RESERVATIONS = {130, 71, 22};

  public static void main(String[] arguments) throws SQLException {
    String url = "jdbc:postgresql://%s:%s/%s?sslmode=%s".formatted(System.getenv("PGHOST"),
        System.getenv("PGPORT"), System.getenv("PGDATABASE"), System.getenv("PGSSLMODE"));
    try (Connection connection = DriverManager.getConnection(
             url, System.getenv("PGUSER"), System.getenv("PGPASSWORD"))) {
      save(connection, "campaign_metrics", "clicks", arguments[0], CLICKS);
      save(connection, "conversion_metrics", "reservations", arguments[0], RESERVATIONS);
    }
  }

  static void save(Connection connection, String table, String column, String month,
      long[] values) throws SQLException {
    String sql = "INSERT INTO %1$s (client_id, month, %2$s) VALUES (?, ?, ?) ON CONFLICT"
        + " (client_id, month) DO UPDATE SET %2$s = excluded.%2$s";
    try (PreparedStatement insert = connection.prepareStatement(sql.formatted(table, column))) {
      for (int row = 0; row < values.length; ++row) {
        insert.setString(1, CLIENTS[row]);
        insert.setString(2, month);
        insert.setLong(3, values[row]);
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }
}
