package io.culvert.server.turn;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.culvert.server.turn.TurnOnPaper.Setup;
import io.culvert.server.turn.pool.Quotas;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.stun.ChannelData;
import io.culvert.wire.stun.StunAttribute;
import io.culvert.wire.stun.StunAttribute.Unknown;
import io.culvert.wire.stun.StunAttribute.Username;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TurnAttribute.AdditionalAddressFamily;
import io.culvert.wire.stun.TurnAttribute.ChannelNumber;
import io.culvert.wire.stun.TurnAttribute.ConnectionId;
import io.culvert.wire.stun.TurnAttribute.Data;
import io.culvert.wire.stun.TurnAttribute.DontFragment;
import io.culvert.wire.stun.TurnAttribute.EvenPort;
import io.culvert.wire.stun.TurnAttribute.Lifetime;
import io.culvert.wire.stun.TurnAttribute.MobilityTicket;
import io.culvert.wire.stun.TurnAttribute.RequestedAddressFamily;
import io.culvert.wire.stun.TurnAttribute.RequestedTransport;
import io.culvert.wire.stun.TurnAttribute.ReservationToken;
import io.culvert.wire.stun.TurnAttribute.XorPeerAddress;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Several clients of two loops say whatever they like, sensible or not, peers send, connections
 * end, and time passes. At every moment each port and each place in the quotas belongs to somebody,
 * and when everything has expired nothing is left.
 */
class ConversationsFuzzTest {
  @FuzzTest(maxDuration = "3m")
  void conversation(byte[] choices) {
    new Conversation(choices).play();
  }

  /** Cases 48 and 53, in virtual time: whatever is allocated comes back. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void aLongConversationLeavesNothing(long seed) {
    byte[] choices = new byte[200_000];
    new Random(seed).nextBytes(choices);
    new Conversation(choices).play();
  }

  private static final class Conversation {
    private static final Endpoint[] PEERS = {
      TurnOnPaper.at("198.51.100.1", 7000),
      TurnOnPaper.at("198.51.100.1", 7001),
      TurnOnPaper.at("198.51.100.2", 7000),
      TurnOnPaper.at("2001:db8:2::1", 7000),
      TurnOnPaper.at("10.0.0.1", 7000),
      TurnOnPaper.at("198.51.100.3", 0),
      TurnOnPaper.LISTENER,
    };
    private static final String[] USERS = {"alice", "bob", "carol"};
    private static final int[] METHODS = {
      StunMessage.ALLOCATE,
      StunMessage.REFRESH,
      StunMessage.CREATE_PERMISSION,
      StunMessage.CHANNEL_BIND,
      StunMessage.CONNECT,
      StunMessage.CONNECTION_BIND,
      StunMessage.BINDING,
    };
    private static final long[] LIFETIMES = {0, 1, 600, 1000, 0xffff_ffffL};

    private final ByteBuf choices;
    private final TurnOnPaper server =
        new TurnOnPaper(Setup.USUAL.withMobility().limits(new Quotas.Limits(5, 12, 0)));
    private final Turn elsewhere = server.anotherLoop();
    private final PaperClient[] clients = new PaperClient[8];
    private final List<Long> tokens = new ArrayList<>(List.of(0L));
    private final List<MobilityTicket> tickets =
        new ArrayList<>(List.of(new MobilityTicket(new byte[0])));
    private int ports = 6000;

    Conversation(byte[] bytes) {
      choices = Unpooled.wrappedBuffer(bytes);
      for (int i = 0; i < clients.length; i++) {
        arrive(i);
      }
    }

    /** Odd ones come to the other loop; the last ones over connections. */
    private void arrive(int i) {
      ClientTransport transport = i < 5 ? ClientTransport.UDP : ClientTransport.TCP;
      ports++;
      clients[i] =
          new PaperClient(
              turn(i), transport, TurnOnPaper.at("203.0.113.7", ports), USERS[i % USERS.length]);
    }

    private Turn turn(int i) {
      return i % 2 == 0 ? server.turn : elsewhere;
    }

    private int choose(int count) {
      return choices.isReadable() ? choices.readUnsignedByte() % count : 0;
    }

    private byte[] bytes(int most) {
      byte[] some = new byte[Math.min(choose(most), choices.readableBytes())];
      choices.readBytes(some);
      return some;
    }

    void play() {
      while (choices.isReadable()) {
        step();
        everythingBelongsToSomebody();
      }
      pass(Duration.ofHours(2));
      assertThat(server.openPorts()).isZero();
      assertThat(server.taken()).isZero();
      assertThat(server.resources.quotas().inAll()).isZero();
      assertThat(server.resources.quotas().users()).isZero();
      assertThat(server.resources.reservations().size()).isZero();
      assertThat(server.turn.allocations() + elsewhere.allocations()).isZero();
      assertThat(clients).allMatch(client -> client.allocation() == null);
      elsewhere.close();
      server.close();
    }

    private void everythingBelongsToSomebody() {
      int reserved = server.resources.reservations().size();
      int allocated = server.turn.allocations() + elsewhere.allocations();
      assertThat(server.resources.quotas().inAll()).isEqualTo(allocated + reserved);
      assertThat(server.taken()).isEqualTo(server.openPorts() + reserved);
      assertThat(server.openPorts()).isBetween(allocated, 2 * allocated);
    }

    private void step() {
      int i = choose(clients.length);
      PaperClient client = clients[i];
      switch (choose(12)) {
        case 0, 1, 2, 3, 4 -> client.send(request());
        case 5 -> client.send(channelData());
        case 6 -> client.indicate(StunMessage.SEND, attributes(new XorPeerAddress(peer())));
        case 7 -> at(port -> port.comes(endpoint(), bytes(64)));
        case 8 -> at(port -> port.unreachable(endpoint(), choose(256), choose(256), choose(256)));
        case 9 -> pass(Duration.ofSeconds(choose(256)));
        case 10 -> {
          if (client.transport().isStream()) {
            turn(i).gone(client);
            arrive(i);
          }
        }
        default -> client.send(bytes(200));
      }
      for (PaperClient each : clients) {
        each.received().forEach(this::learn);
      }
    }

    private void pass(Duration time) {
      server.pass(time);
      elsewhere.expire();
    }

    /** Something comes to one of the sockets that are open. */
    private void at(Consumer<PaperPort> what) {
      List<PaperPort> open = server.ports();
      if (!open.isEmpty()) {
        what.accept(open.get(choose(open.size())));
      }
    }

    private Endpoint endpoint() {
      return Endpoint.of(peer());
    }

    private InetSocketAddress peer() {
      int which = choose(PEERS.length + 1);
      return which < PEERS.length
          ? PEERS[which].toSocketAddress()
          : TurnOnPaper.at("192.0.2.1", TurnOnPaper.FIRST_PORT + choose(100)).toSocketAddress();
    }

    private StunMessage request() {
      int method = METHODS[choose(METHODS.length)];
      List<StunAttribute> all = new ArrayList<>();
      boolean usual = choose(4) > 0;
      if (usual && method == StunMessage.ALLOCATE) {
        all.add(new RequestedTransport(17));
      } else if (usual && method == StunMessage.CHANNEL_BIND) {
        all.add(new ChannelNumber(0x4000 + choose(4)));
      }
      if (usual
          && (method == StunMessage.CHANNEL_BIND || method == StunMessage.CREATE_PERMISSION)) {
        all.add(new XorPeerAddress(peer()));
      }
      all.addAll(List.of(attributes()));
      all.add(new Username(USERS[choose(USERS.length)]));
      return new StunMessage(StunClass.REQUEST, method, PaperClient.newTransaction(), all);
    }

    private StunAttribute[] attributes(StunAttribute... first) {
      List<StunAttribute> all = new ArrayList<>(List.of(first));
      for (int more = choose(4); more > 0; more--) {
        all.add(attribute());
      }
      return all.toArray(StunAttribute[]::new);
    }

    private StunAttribute attribute() {
      return switch (choose(14)) {
        case 0 -> new RequestedTransport(choose(256));
        case 1 -> new Lifetime(LIFETIMES[choose(LIFETIMES.length)]);
        case 2, 3 -> new EvenPort(choose(2) == 1);
        case 4 -> new ReservationToken(tokens.get(choose(tokens.size())));
        case 5 -> new RequestedAddressFamily(choose(4));
        case 6 -> new AdditionalAddressFamily(choose(4));
        case 7 -> new XorPeerAddress(peer());
        case 8 -> new ChannelNumber(choose(256) << Byte.SIZE);
        case 9 -> tickets.get(choose(tickets.size()));
        case 10 -> new Data(bytes(64));
        case 11 -> new DontFragment();
        case 12 -> new ConnectionId(choose(256));
        default -> new Unknown(0x7f00 + choose(2) * 0x8000 + choose(256), bytes(16));
      };
    }

    private byte[] channelData() {
      byte[] data = bytes(64);
      ByteBuf out = Unpooled.buffer().writeShort(0x4000 + choose(4));
      return ByteBufUtil.getBytes(out.writeShort(data.length + choose(2)).writeBytes(data));
    }

    /**
     * What the server has given out may be shown to it again, by anybody, as often as they like.
     */
    private void learn(byte[] message) {
      if (ChannelData.isChannelData(message[0])) {
        return;
      }
      try {
        StunMessage known = StunCodec.decode(Unpooled.wrappedBuffer(message));
        known.first(ReservationToken.class).ifPresent(token -> keep(tokens, token.token()));
        known.first(MobilityTicket.class).ifPresent(ticket -> keep(tickets, ticket));
      } catch (MalformedMessageException e) {
        throw new AssertionError("the server sends what is no STUN", e);
      }
    }

    private static <T> void keep(List<T> list, T next) {
      list.add(next);
      if (list.size() > 12) {
        list.remove(1);
      }
    }
  }
}
