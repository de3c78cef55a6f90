package io.culvert.server.account;

import io.culvert.server.net.ServerStartException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** The database on a PostgreSQL server, as {@code store.url} names it. */
final class PostgresServer {
  /** JDBC's form, or that of libpq, which may name user and password before the host. */
  private static final Pattern URL =
      Pattern.compile(
          "(?:jdbc:)?postgres(?:ql)?://(?:(?<user>[^:@/?]*)(?::(?<password>[^@/?]*))?@)?(?<rest>.*)");

  private static final int CONNECT_TIMEOUT_SECONDS = 3;
  private static final int ANSWER_TIMEOUT_SECONDS = 10;

  /** Its warnings repeat parts of the URL; whatever matters comes as an exception as well. */
  private static final Logger DRIVER_LOG = Logger.getLogger("org.postgresql");

  static {
    DRIVER_LOG.setLevel(Level.OFF);
  }

  private final PGSimpleDataSource source;

  private PostgresServer(PGSimpleDataSource source) {
    this.source = source;
  }

  /**
   * Reads {@code store.url}.
   *
   * @throws ServerStartException when it is no such URL; the message does not repeat it, for it may
   *     hold a password
   */
  static PostgresServer parse(String url) throws ServerStartException {
    Matcher matcher = URL.matcher(url);
    if (!matcher.matches()) {
      throw noUrl();
    }
    PGSimpleDataSource source = new PGSimpleDataSource();
    try {
      if (matcher.group("user") != null) {
        source.setUser(decoded(matcher.group("user")));
      }
      if (matcher.group("password") != null) {
        source.setPassword(decoded(matcher.group("password")));
      }
      source.setConnectTimeout(CONNECT_TIMEOUT_SECONDS);
      source.setLoginTimeout(CONNECT_TIMEOUT_SECONDS);
      source.setSocketTimeout(ANSWER_TIMEOUT_SECONDS);
      source.setTcpKeepAlive(true);
      source.setApplicationName("culvert");
      source.setURL("jdbc:postgresql://" + matcher.group("rest"));
    } catch (IllegalArgumentException e) {
      throw noUrl(); // its message repeats the URL
    }
    return new PostgresServer(source);
  }

  String where() {
    return "%s on PostgreSQL at %s"
        .formatted(source.getDatabaseName(), String.join(", ", source.getServerNames()));
  }

  DataSource open() throws ServerStartException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet encoding = statement.executeQuery("SHOW server_encoding")) {
      encoding.next();
      if (!encoding.getString(1).equals("UTF8")) {
        throw new ServerStartException(
            "The database %s must have the encoding UTF8, not %s."
                .formatted(where(), encoding.getString(1)),
            null);
      }
    } catch (SQLException e) {
      throw new ServerStartException(sentence(e), e);
    }
    Schema.update(source, where());
    return source;
  }

  private String sentence(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return switch (state) {
      case "28P01", "28000" ->
          "PostgreSQL refuses the user or the password of store.url (%s).".formatted(where());
      case "3D000" ->
          "There is no database %s. Create it, or correct store.url.".formatted(where());
      default ->
          state.startsWith("08")
              ? "The database %s cannot be reached. Does the server run, and is store.url right?"
                  .formatted(where())
              : "The database %s cannot be used: %s"
                  .formatted(
                      where(), String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    };
  }

  private static ServerStartException noUrl() {
    return new ServerStartException(
        "store.url must be of the form jdbc:postgresql://HOST/DATABASE?user=USER&password=PASSWORD.",
        null);
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
