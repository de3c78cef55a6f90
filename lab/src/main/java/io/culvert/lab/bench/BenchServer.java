package io.culvert.lab.bench;

import io.culvert.server.CulvertServer;
import io.culvert.server.config.ConfigException;
import io.culvert.server.config.ConfigReader;
import io.culvert.server.config.ServerConfig;
import io.culvert.server.net.ServerStartException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * The main class of {@link ServerProcess}: a server on loopback; its data directory is the first
 * argument, the others are settings. It answers in lines of numbers: at first with the ports of
 * {@link #PORTS}, then for every line on stdin with its memory, heap, direct and resident. It ends
 * with stdin.
 */
final class BenchServer {
  /** The names of the listeners whose ports are told. */
  static final List<String> PORTS = List.of("flow signal", "tag", "turn udp", "http");

  private static final List<String> SETTINGS =
      List.of(
          "listen=[\"127.0.0.1\"]",
          "http.listen=127.0.0.1",
          "account.port=0",
          "signal.port=0",
          "tcppunch.port=0",
          "tcppunch.aux-port=0",
          "tag.port=0",
          "turn.port=0",
          "turn.tls-port=0",
          "http.port=0");

  private BenchServer() {}

  public static void main(String[] arguments)
      throws ConfigException, ServerStartException, IOException {
    BufferedReader questions =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    List<String> given = List.of(arguments);
    try (CulvertServer server =
        CulvertServer.start(config(given.getFirst(), given.subList(1, given.size())))) {
      answer(PORTS.stream().mapToLong(name -> port(server, name)));
      while (questions.readLine() != null) {
        Memory memory = Memory.ofThisProcess();
        answer(LongStream.of(memory.heap(), memory.direct(), memory.resident()));
      }
    }
  }

  private static ServerConfig config(String data, List<String> settings) throws ConfigException {
    ConfigReader reader = new ConfigReader().flag("--data", "data", data);
    for (String setting : SETTINGS) {
      reader.assignment(setting);
    }
    for (String setting : settings) {
      reader.assignment(setting);
    }
    return reader.read();
  }

  private static int port(CulvertServer server, String name) {
    return server.listeners().stream()
        .filter(listener -> listener.name().equals(name))
        .findFirst()
        .orElseThrow()
        .address()
        .getPort();
  }

  private static void answer(LongStream numbers) {
    System.out.println(numbers.mapToObj(Long::toString).collect(Collectors.joining(" ")));
  }
}
