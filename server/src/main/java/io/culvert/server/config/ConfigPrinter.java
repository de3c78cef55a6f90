package io.culvert.server.config;

/** Writes the default configuration as a TOML file that explains itself. */
public final class ConfigPrinter {
  private static final String HEAD =
      """
      # Every key that culvert server knows, with what holds when it is absent. A running server reads
      # this file again when it gets a SIGHUP: keys marked with (live) change at once, others when it
      # is restarted. It says which.

      """;

  private ConfigPrinter() {}

  /** Every key with its explanation and its default. */
  public static String print() {
    StringBuilder toml = new StringBuilder(HEAD);
    String table = "";
    for (Setting<?> setting : Settings.ALL) {
      if (toml.length() > HEAD.length()) {
        toml.append('\n');
      }
      if (!setting.table().equals(table)) {
        table = setting.table();
        toml.append('[').append(table).append("]\n");
      }
      setting.doc().forEach(line -> toml.append("# ").append(line).append('\n'));
      toml.append(setting.defaultToml().isEmpty() ? "# " : "")
          .append(setting.name())
          .append(" = ")
          .append(setting.exampleToml())
          .append(setting.live() ? " # (live)\n" : "\n");
    }
    return toml.toString();
  }
}
