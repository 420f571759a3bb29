import java.sql.*;
import java.util.Properties;

/** AWS's JDBC driver, as BI tools use it: statements, parameters, batches, fetch sizes, metadata */
class Jdbc {
  static void check(boolean holds, String what) {
    if (!holds) throw new AssertionError(what);
  }

  public static void main(String[] words) throws Exception {
    Properties given = new Properties();
    given.put("user", "anna");
    given.put("password", "Secret123");
    given.put("ssl", "false");
    String url = "jdbc:redshift://127.0.0.1:" + System.getenv("PORT") + "/postgres";
    try (Connection connection = DriverManager.getConnection(url, given); Statement statement = connection.createStatement()) {
      statement.execute("create table public.java (n integer, name varchar(10), price decimal(8, 2), at timestamp, ok boolean)");
      try (PreparedStatement insert = connection.prepareStatement("insert into public.java values (?, ?, ?, ?, ?)")) {
        for (int n = 0; n < 10; n++) {
          insert.setInt(1, n);
          insert.setString(2, "n" + n);
          insert.setBigDecimal(3, new java.math.BigDecimal("1.25"));
          insert.setTimestamp(4, Timestamp.valueOf("2022-11-24 10:00:00"));
          insert.setBoolean(5, true);
          insert.addBatch();
        }
        insert.executeBatch();
      }
      connection.setAutoCommit(false);
      try (Statement paged = connection.createStatement()) {
        paged.setFetchSize(3);
        int count = 0;
        try (ResultSet rows = paged.executeQuery("select n, name, price, at, ok from public.java order by n")) {
          while (rows.next()) {
            check(rows.getInt(1) == count++ && rows.getString(2).startsWith("n") && rows.getBoolean(5), "a row");
            check(rows.getBigDecimal(3).toString().equals("1.25"), "a decimal: " + rows.getBigDecimal(3));
          }
        }
        check(count == 10, "rows: " + count);
      }
      try {
        statement.executeQuery("select string_agg(name, ',') from public.java");
        throw new AssertionError("was not refused");
      } catch (SQLException refused) {
        check("42883".equals(refused.getSQLState()), refused.getSQLState() + refused.getMessage());
      }
      connection.rollback();
      try (ResultSet product = statement.executeQuery("select count(*) from public.java")) {
        check(product.next() && product.getLong(1) == 10, "count");
      }
      connection.commit();
      connection.setAutoCommit(true);
      check(connection.getMetaData().getDatabaseProductName().length() > 0, "product");
    }
  }
}
