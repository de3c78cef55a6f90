package io.culvert.cli;

import io.culvert.server.config.ConfigException;
import io.culvert.server.config.ConfigReader;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The server's configuration, for all commands that need to know of it. */
final class ConfigOptions {
  @Option(names = "--config", paramLabel = "FILE", description = "Configuration, in TOML.")
  private @Nullable Path config;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where the server keeps what must survive a restart.")
  private @Nullable String data;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Any other key of the configuration, as in tcppunch.port=4040.")
  private List<String> assignments = List.of();

  /** What has been said so far. */
  ConfigReader reader() throws ConfigException {
    ConfigReader reader = new ConfigReader();
    if (config != null) {
      reader.file(config);
    }
    for (String assignment : assignments) {
      reader.assignment(assignment);
    }
    return reader.flag("--data", "data", data);
  }
}
