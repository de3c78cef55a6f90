package io.culvert.lab.scenario;

import static io.culvert.lab.net.NatKind.FULL_CONE;
import static io.culvert.lab.net.NatKind.PORT_RESTRICTED;

import io.culvert.client.peer.Stream;
import io.culvert.lab.meeting.Meeting;
import io.culvert.lab.meeting.Transfer;
import io.culvert.lab.meeting.Venue;
import io.culvert.lab.net.Host;
import io.culvert.lab.scenario.Scenario.Built;
import io.culvert.lab.scenario.Scenario.NotBuilt;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** S82 to S93: strangers, and many at once. */
final class Hostility {
  private static final int STRANGE_DATAGRAMS = 5000;
  private static final int LONGEST_DATAGRAM = 1200;

  /** What begins with a first byte of that kind is taken for STUN, ChannelData and QUIC. */
  private static final int[] FIRST_BYTES = {0x00, 0x01, 0x40, 0x47, 0xC0, 0xFF};

  private static final int MORE_THAN_A_WINDOW = 4 << 20;
  private static final Duration SHORT_BREAK = Duration.ofSeconds(3);

  private Hostility() {}

  static List<Scenario> scenarios() {
    return List.of(
        new Built(
            "S82",
            "strangers",
            "A stranger sends the caller 5000 datagrams that look like STUN, TURN and QUIC.",
            "nothing is lost, with a break of 3 s at most, and the path stays",
            Hostility::strangers),
        new NotBuilt(
            "S83",
            "forbidden-peers",
            "Somebody wants the relay to send to addresses that are nobody's business.",
            "No peer of ours does; the tests of the server do, with each such address."),
        new NotBuilt(
            "S84",
            "amplification",
            "Somebody asks the server in the name of another.",
            "No peer of ours does; the tests of the server measure its answers."),
        new NotBuilt(
            "S85",
            "false-candidates",
            "A peer says that it can be reached at a victim's address.",
            "No peer of ours does; the tests of ICE count what goes to each address."),
        new NotBuilt(
            "S86",
            "flood-of-signals",
            "Somebody sends signals without end.",
            "No peer of ours does; the tests of the server do."),
        new NotBuilt(
            "S87",
            "exhausted-allocations",
            "Somebody wants all ports of the relay.",
            "No peer of ours does; the tests of the server do."),
        new NotBuilt(
            "S88",
            "many-idle",
            "Thousands are online and say nothing.",
            "Measured by 'culvert bench signal' and 'culvert bench allocate'."),
        new NotBuilt(
            "S89",
            "all-come-back",
            "All come back at once after a restart.",
            "Two peers are no storm."),
        new Built(
            "S90",
            "slow-reader",
            "The callee does not read one stream, on which 4 MB wait, and reads another.",
            "1 MB on the other stream arrives within 10 s",
            Hostility::slowReader),
        new NotBuilt(
            "S91",
            "nats-as-labelled",
            "Each NAT of the laboratory does what its name says.",
            "No peer is needed for that: the tests of the laboratory show it."),
        new NotBuilt(
            "S92",
            "states-in-virtual-time",
            "State machines, on networks at random, in virtual time.",
            "The tests of the simulated internet play that, thousands of times."),
        new NotBuilt("S93", "figures", "Times and packets.", "Measured by 'culvert lab matrix'."));
  }

  private static String strangers(Venue venue) throws Exception {
    Host alice = Plays.behind(venue, "alice", FULL_CONE); // or nothing of it would arrive
    Host bob = Plays.behind(venue, "bob", PORT_RESTRICTED);
    Host stranger = venue.lab().host("stranger");
    return Plays.meet(
        venue,
        alice,
        bob,
        meeting -> {
          Plays.direct(meeting, Plays.SOON);
          InetSocketAddress target = meeting.toAlice().path().orElseThrow().remote();
          String seen =
              Plays.survives(meeting, SHORT_BREAK, () -> stranger.run(() -> flood(target)));
          if (!meeting.isDirect()) {
            throw new UnexpectedException(seen);
          }
          return seen;
        });
  }

  private static void flood(InetSocketAddress target) throws IOException, InterruptedException {
    Random random = new Random(82);
    try (DatagramSocket socket = new DatagramSocket()) {
      for (int i = 0; i < STRANGE_DATAGRAMS; i++) {
        byte[] datagram = new byte[1 + random.nextInt(LONGEST_DATAGRAM)];
        random.nextBytes(datagram);
        datagram[0] = (byte) FIRST_BYTES[i % FIRST_BYTES.length];
        socket.send(new DatagramPacket(datagram, datagram.length, target));
        if (i % 10 == 0) {
          Thread.sleep(1);
        }
      }
    }
  }

  private static String slowReader(Venue venue) throws Exception {
    return Plays.meet(
        venue,
        Plays.behind(venue, "alice", PORT_RESTRICTED),
        Plays.behind(venue, "bob", PORT_RESTRICTED),
        Hostility::oneStreamIsNotRead);
  }

  private static String oneStreamIsNotRead(Meeting meeting) throws Exception {
    Stream full = meeting.toBob().openStream();
    Thread writer = Thread.ofVirtual().start(() -> fill(full));
    Stream unread = meeting.toAlice().acceptStream();
    try (Transfer other = Transfer.bulk(meeting.toBob(), meeting.toAlice(), 1_000_000)) {
      return other.await(Duration.ofSeconds(10)).toString();
    } finally {
      writer.interrupt();
      unread.reset(0);
    }
  }

  /** Until nobody wants it any more. */
  private static void fill(Stream stream) {
    try {
      stream.output().write(new byte[MORE_THAN_A_WINDOW]);
    } catch (IOException e) {
      stream.reset(0);
    }
  }
}
