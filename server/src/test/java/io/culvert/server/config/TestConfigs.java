package io.culvert.server.config;

/** Configurations for tests. */
public final class TestConfigs {
  private TestConfigs() {}

  /** The defaults but for these assignments, {@code KEY=VALUE} as on the command line. */
  public static ServerConfig with(String... assignments) {
    ConfigReader reader = new ConfigReader();
    try {
      for (String assignment : assignments) {
        reader.assignment(assignment);
      }
      return reader.read();
    } catch (ConfigException e) {
      throw new AssertionError(e);
    }
  }
}
