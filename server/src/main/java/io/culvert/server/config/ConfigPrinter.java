package io.culvert.server.config;

/** Writes the default configuration as a TOML file that explains itself. */
public final class ConfigPrinter {
  private ConfigPrinter() {}

  /** Every key with its explanation and its default. */
  public static String print() {
    StringBuilder toml = new StringBuilder();
    String table = "";
    for (Setting<?> setting : Settings.ALL) {
      if (!toml.isEmpty()) {
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
          .append('\n');
    }
    return toml.toString();
  }
}
