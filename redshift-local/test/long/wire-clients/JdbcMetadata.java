import java.sql.*;
import java.util.*;

/** what BI tools ask of a driver's DatabaseMetaData; the driver's own queries of the catalog answer it */
class JdbcMetadata {
  static void same(Object found, Object expected, String what) {
    if (!expected.equals(found)) throw new AssertionError(what + ": " + found + ", where " + expected + " is expected");
  }

  /** a line a row, of these columns */
  static List<String> rows(ResultSet found, String... columns) throws SQLException {
    List<String> lines = new ArrayList<>();
    try (found) {
      while (found.next()) {
        List<String> line = new ArrayList<>();
        for (String column : columns) line.add(String.valueOf(found.getString(column)));
        lines.add(String.join(" ", line));
      }
    }
    return lines;
  }

  public static void main(String[] words) throws Exception {
    Properties given = new Properties();
    given.put("user", "anna");
    given.put("password", "Secret123");
    if (words[0].equals("redshift")) given.put("ssl", "false");
    else given.put("sslmode", "disable");
    String schema = "of_" + words[0];
    String url = "jdbc:" + words[0] + "://127.0.0.1:" + System.getenv("PORT") + "/postgres";
    try (Connection connection = DriverManager.getConnection(url, given); Statement statement = connection.createStatement()) {
      statement.execute("create schema " + schema);
      statement.execute("create table " + schema + ".parents (id bigint not null, name varchar(20), primary key (id))");
      statement.execute("create table " + schema + ".children (id integer, parent bigint references " + schema
          + ".parents (id), price decimal(8, 2), at timestamp)");
      statement.execute("create view " + schema + ".names as select name from " + schema + ".parents");
      DatabaseMetaData about = connection.getMetaData();
      same(rows(about.getSchemas(null, schema), "TABLE_SCHEM"), List.of(schema), "schemas");
      same(rows(about.getTables(null, schema, "%", new String[] {"TABLE", "VIEW"}), "TABLE_NAME", "TABLE_TYPE"),
          List.of("children TABLE", "parents TABLE", "names VIEW"), "tables");
      same(rows(about.getColumns(null, schema, "children", "%"), "COLUMN_NAME", "DATA_TYPE", "COLUMN_SIZE", "DECIMAL_DIGITS"),
          List.of("id 4 10 0", "parent -5 19 0", "price 2 8 2", "at 93 29 6"), "columns");
      same(rows(about.getColumns(null, schema, "parents", "%"), "COLUMN_NAME", "TYPE_NAME", "COLUMN_SIZE", "IS_NULLABLE"),
          List.of("id int8 19 NO", "name varchar 20 YES"), "columns of parents");
      // informational keys
      same(rows(about.getPrimaryKeys(null, schema, "parents"), "TABLE_NAME", "COLUMN_NAME", "KEY_SEQ", "PK_NAME"),
          List.of("parents id 1 parents_pkey"), "primary key");
      String[] ofKey = {"PKTABLE_NAME", "PKCOLUMN_NAME", "FKTABLE_NAME", "FKCOLUMN_NAME", "KEY_SEQ", "FK_NAME", "PK_NAME", "DELETE_RULE", "DEFERRABILITY"};
      List<String> foreign = List.of("parents id children parent 1 children_parent_fkey parents_pkey 3 7");
      same(rows(about.getImportedKeys(null, schema, "children"), ofKey), foreign, "imported keys");
      same(rows(about.getExportedKeys(null, schema, "parents"), ofKey), foreign, "exported keys");
      same(rows(about.getExportedKeys(null, schema, "children"), ofKey), List.of(), "no exported keys");
      try (PreparedStatement prepared = connection.prepareStatement("select id, name from " + schema + ".parents where id = ?")) {
        same(prepared.getMetaData().getColumnTypeName(2), "varchar", "type of a prepared column");
        for (int n = 0; n < 8; n++) {
          statement.execute("insert into " + schema + ".parents values (" + n + ", 'n" + n + "')");
          prepared.setLong(1, n);
          try (ResultSet found = prepared.executeQuery()) {
            found.next();
            same(found.getString(2), "n" + n, "a prepared row");
          }
        }
      }
      try (Statement batch = connection.createStatement()) {
        for (int n = 0; n < 3; n++) batch.addBatch("update " + schema + ".parents set name = 'x' where id <= " + n);
        same(Arrays.toString(batch.executeBatch()), "[1, 2, 3]", "counts of a batch");
      }
    }
  }
}
