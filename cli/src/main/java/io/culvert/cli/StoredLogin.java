package io.culvert.cli;

import io.culvert.client.ServerAddress;
import io.culvert.client.flow.FlowClient;
import java.io.IOException;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** What {@code culvert login} keeps for the commands after it. */
record StoredLogin(ServerAddress server, String account, String token) {
  static final String FILE = "login.json";

  static Optional<StoredLogin> load() throws IOException {
    Optional<ObjectNode> stored = PersonalFiles.read(FILE);
    if (stored.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new StoredLogin(
              ServerAddress.parse(text(stored.get(), "server"), FlowClient.DEFAULT_PORT),
              text(stored.get(), "account"),
              text(stored.get(), "token")));
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "The stored login in %s is damaged; log in again.".formatted(PersonalFiles.path(FILE)),
          e);
    }
  }

  void save() throws IOException {
    ObjectNode login = PersonalFiles.object();
    login.put("server", server.toString());
    login.put("account", account);
    login.put("token", token);
    PersonalFiles.write(FILE, login);
  }

  static void delete() throws IOException {
    PersonalFiles.delete(FILE);
  }

  private static String text(ObjectNode stored, String name) {
    String text = stored.path(name).asString("");
    if (text.isEmpty()) {
      throw new IllegalArgumentException("no " + name);
    }
    return text;
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "StoredLogin[server=%s, account=%s]".formatted(server, account);
  }
}
