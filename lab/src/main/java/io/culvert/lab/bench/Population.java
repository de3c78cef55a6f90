package io.culvert.lab.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Who is at a server.
 *
 * @param online clients of flow
 * @param registered clients of tag
 */
record Population(int online, int registered) {
  /** What {@code GET /health} says. */
  static Population of(InetSocketAddress http) throws IOException {
    URI health = URI.create("http://127.0.0.1:" + http.getPort() + "/health");
    try (InputStream body = health.toURL().openStream()) {
      JsonNode services = JsonMapper.shared().readTree(body);
      return new Population(
          services.at("/flow/online").intValue(), services.at("/tag/registered").intValue());
    }
  }
}
