package io.culvert.lab.foreign;

import io.culvert.lab.ScratchFolder;
import io.culvert.lab.net.Host;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/**
 * A program that is a peer of ICE.
 *
 * @param folder what it needs, gone when this is closed
 */
public record ForeignProgram(List<String> command, ScratchFolder folder) implements AutoCloseable {
  /**
   * Starts it on a host, where it begins to gather candidates.
   *
   * @param options {@code role=controlling} or {@code role=controlled}; {@code stun=IP:PORT};
   *     {@code turn=IP:PORT user=NAME password=PASSWORD}; {@code only=relay}; for libnice {@code
   *     transports=tcp} or {@code udp+tcp}, for pion {@code acceptance=none}
   */
  public ForeignPeer start(Host host, String... options) throws IOException {
    List<String> all = Stream.concat(command.stream(), Stream.of(options)).toList();
    return new ForeignPeer(host.start(new ProcessBuilder(all).redirectErrorStream(true)));
  }

  @Override
  public void close() throws IOException {
    folder.close();
  }
}
