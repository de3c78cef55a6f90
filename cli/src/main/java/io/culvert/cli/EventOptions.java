package io.culvert.cli;

import picocli.CommandLine.Option;

/** How a command tells what happens. */
final class EventOptions {
  @Option(names = "--json", description = "Tells events as JSON objects on stderr, a line each.")
  private boolean json;

  Events events() {
    return new Events(System.err, json);
  }
}
