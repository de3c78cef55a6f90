package io.culvert.lab.ice;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.culvert.lab.ScratchFolder;
import io.culvert.lab.foreign.ForeignPeer;
import io.culvert.lab.foreign.ForeignProgram;
import io.culvert.wire.ice.IceCandidate;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.LogManager;
import org.ice4j.Transport;
import org.ice4j.TransportAddress;
import org.ice4j.ice.Agent;
import org.ice4j.ice.CandidateType;
import org.ice4j.ice.Component;
import org.ice4j.ice.IceMediaStream;
import org.ice4j.ice.IceProcessingState;
import org.ice4j.ice.KeepAliveStrategy;
import org.ice4j.ice.LocalCandidate;
import org.ice4j.ice.RemoteCandidate;
import org.ice4j.ice.harvest.StunCandidateHarvester;

/** A peer made of ice4j, as a process that is spoken to as {@link ForeignPeer} has it. */
final class Ice4jPeer {
  private final Agent agent = new Agent();
  private final IceMediaStream stream;
  private final Component component;

  private Ice4jPeer(boolean controlling, String stunServer) throws IOException {
    String[] at = stunServer.split(":", 2);
    agent.setControlling(controlling);
    agent.addCandidateHarvester(
        new StunCandidateHarvester(
            new TransportAddress(at[0], Integer.parseInt(at[1]), Transport.UDP)));
    stream = agent.createMediaStream("data");
    component = agent.createComponent(stream, KeepAliveStrategy.SELECTED_ONLY, true);
  }

  /** The program. */
  static ForeignProgram program() throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classes = System.getProperty("java.class.path");
    return new ForeignProgram(
        List.of(java, "-cp", classes, Ice4jPeer.class.getName()), ScratchFolder.make());
  }

  /** Its options are {@code role=} and {@code stun=}. */
  public static void main(String[] options) throws Exception {
    // It asks whether it runs at Amazon, and waits long for the answer.
    System.setProperty("ice4j.harvest.mapping.aws.enabled", "false");
    LogManager.getLogManager().reset();
    new Ice4jPeer(value("role", options).equals("controlling"), value("stun", options)).live();
  }

  private static String value(String name, String... options) {
    for (String option : options) {
      if (option.startsWith(name + "=")) {
        return option.substring(name.length() + 1);
      }
    }
    throw new IllegalArgumentException("no " + name);
  }

  private static synchronized void tell(String line) {
    System.out.println(line);
  }

  private void live() throws Exception {
    agent.addStateChangeListener(change -> {
      if (change.getNewValue() == IceProcessingState.COMPLETED) {
        tell("connected");
        Thread.ofPlatform().start(this::listen);
      } else if (change.getNewValue() == IceProcessingState.FAILED) {
        tell("failed");
      }
    });
    tell("credentials " + agent.getLocalUfrag() + " " + agent.getLocalPassword());
    component.getLocalCandidates().stream()
        .filter(each -> !each.getTransportAddress().isIPv6())
        .map(Ice4jPeer::line)
        .forEach(Ice4jPeer::tell);
    tell("gathered");
    obey();
  }

  private static String line(LocalCandidate candidate) {
    return "candidate:%s 1 udp %d %s %d typ %s"
        .formatted(
            candidate.getFoundation(),
            candidate.getPriority(),
            candidate.getTransportAddress().getHostAddress(),
            candidate.getTransportAddress().getPort(),
            candidate.getType());
  }

  private void obey() throws Exception {
    try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
      String line;
      while ((line = in.readLine()) != null) {
        String[] words = line.split(" ", 3);
        if (words[0].equals("credentials")) {
          stream.setRemoteUfrag(words[1]);
          stream.setRemotePassword(words[2]);
          agent.startConnectivityEstablishment();
        } else if (words[0].equals("say")) {
          byte[] text = line.substring("say ".length()).getBytes(UTF_8);
          component.send(text, 0, text.length);
        } else if (line.startsWith("candidate:")) {
          IceCandidate.parse(line).ifPresent(this::learn);
        }
      }
    }
    agent.free();
  }

  private void learn(IceCandidate candidate) {
    component.addRemoteCandidate(
        new RemoteCandidate(
            new TransportAddress(candidate.address(), Transport.UDP),
            component,
            CandidateType.parse(candidate.type().text()),
            candidate.foundation(),
            candidate.priority(),
            null));
  }

  private void listen() {
    DatagramSocket socket = component.getSocket();
    DatagramPacket packet = new DatagramPacket(new byte[1500], 1500);
    try {
      while (true) {
        socket.receive(packet);
        tell(
            "heard " + new String(packet.getData(), packet.getOffset(), packet.getLength(), UTF_8));
      }
    } catch (IOException e) {
      tell("failed " + e.getMessage());
    }
  }
}
