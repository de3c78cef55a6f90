package io.culvert.wire.transport.udp;

import static io.culvert.wire.transport.udp.LoopbackPorts.OPTIONS;
import static io.culvert.wire.transport.udp.LoopbackPorts.REPORTING;
import static io.culvert.wire.transport.udp.LoopbackPorts.endpoint;
import static io.culvert.wire.transport.udp.LoopbackPorts.receive;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.culvert.wire.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What only Linux has. */
@EnabledOnOs(OS.LINUX)
class EpollPortTest {
  @ParameterizedTest
  @EnumSource(
      value = StandardProtocolFamily.class,
      names = {"INET", "INET6"})
  void whoeverRefusesADatagramIsReportedAndThePortGoesOn(ProtocolFamily family) throws Exception {
    try (LoopbackPorts ports = new LoopbackPorts(Transport.EPOLL, family)) {
      Inbox inbox = new Inbox();
      DatagramPort port = ports.open(REPORTING, inbox);
      Endpoint nobody = ports.nobody();
      send(ports, port, nobody, 5);
      // "Port unreachable" of ICMP (RFC 792) and of ICMPv6 (RFC 4443 §3.1).
      Inbox.Unreachable expected =
          family == StandardProtocolFamily.INET
              ? new Inbox.Unreachable(nobody, 3, 3, 0)
              : new Inbox.Unreachable(nobody, 1, 4, 0);
      assertThat(inbox.takeError()).isEqualTo(expected);
      DatagramChannel socket = ports.socket();
      socket.send(ByteBuffer.allocate(6), port.localAddress().toSocketAddress());
      assertThat(inbox.take().bytes()).hasSize(6);
      send(ports, port, endpoint(socket), 7);
      assertThat(receive(socket)).hasSize(7);
    }
  }

  @Test
  void whatComesInTogetherIsReadTogether() throws Exception {
    try (LoopbackPorts ports = new LoopbackPorts(Transport.EPOLL, StandardProtocolFamily.INET)) {
      Inbox inbox = new Inbox();
      DatagramPort from = ports.open(OPTIONS, new Inbox());
      DatagramPort to = ports.open(OPTIONS, inbox);
      send(ports, from, to.localAddress(), 500, 500, 300);
      int index = inbox.take().index();
      assertThat(inbox.take().index()).isEqualTo(index + 500);
      Inbox.Datagram last = inbox.take();
      assertThat(last.index()).isEqualTo(index + 1000);
      assertThat(last.bytes()).hasSize(300);
    }
  }

  @Test
  void aDatagramThatMustNotBeFragmentedDoesNotLeaveInFragments() throws Exception {
    // 65 507 bytes with the headers of IPv6 are more than the loopback device's 65 536.
    try (LoopbackPorts ports = new LoopbackPorts(Transport.EPOLL, StandardProtocolFamily.INET6)) {
      DatagramPort port = ports.open(OPTIONS, new Inbox());
      DatagramChannel socket = ports.socket();
      Endpoint to = endpoint(socket);
      ByteBuf bytes = Unpooled.buffer(65_507);
      ports.call(() -> {
        port.send(bytes, 0, 65_507, to);
        port.dontFragment(true);
        port.send(bytes, 0, 65_507, to);
        port.send(bytes, 0, 1000, to);
        port.dontFragment(false);
        port.send(bytes, 0, 65_506, to);
        return true;
      });
      assertThat(receive(socket)).hasSize(65_507);
      assertThat(receive(socket)).hasSize(1000);
      assertThat(receive(socket)).hasSize(65_506);
      assertThat(ports.call(port::unsent)).isEqualTo(1);
    }
  }

  @Test
  void whatDoesNotFitIntoTheReceiveBufferIsCounted() throws Exception {
    try (LoopbackPorts ports = new LoopbackPorts(Transport.EPOLL, StandardProtocolFamily.INET)) {
      Inbox inbox = new Inbox();
      DatagramPort port = ports.open(new DatagramOptions(false, 8192, 0, false), inbox);
      DatagramChannel socket = ports.socket();
      // On the loop's own thread, which so reads nothing meanwhile.
      ports.call(() -> {
        for (int i = 0; i < 500; i++) {
          socket.send(ByteBuffer.allocate(1000), port.localAddress().toSocketAddress());
        }
        return true;
      });
      long dropped = ports.call(port::dropped);
      assertThat(dropped).isBetween(1L, 499L);
      for (long i = dropped; i < 500; i++) {
        assertThat(inbox.take().bytes()).hasSize(1000);
      }
    }
  }

  @Test
  void theWildcardOfIpv6LeavesIpv4Free() throws Exception {
    try (LoopbackPorts ports = new LoopbackPorts(Transport.EPOLL, StandardProtocolFamily.INET6)) {
      int number =
          ports.open(new InetSocketAddress("::", 0), OPTIONS, new Inbox()).localAddress().port();
      DatagramPort ipv4 =
          ports.open(new InetSocketAddress("0.0.0.0", number), OPTIONS, new Inbox());
      assertThat(ipv4.localAddress().port()).isEqualTo(number);
    }
  }

  @Test
  void relayingAllocatesNothingForAPacket() throws Exception {
    try (LoopbackPorts ports = new LoopbackPorts(Transport.EPOLL, StandardProtocolFamily.INET)) {
      int window = 100;
      Relay relay = new Relay();
      DatagramPort one = ports.open(OPTIONS, relay);
      DatagramPort other = ports.open(OPTIONS, relay);
      ports.call(() -> {
        relay.one = one;
        relay.other = other;
        return true;
      });
      ByteBuf bytes = Unpooled.directBuffer(200).writeZero(200);
      CountDownLatch warm = relay.after(300_000);
      ports.call(() -> {
        // Of different sizes, so they leave joined and alone.
        for (int i = 0; i < window; i++) {
          one.send(bytes, 0, 100 + i % 3, other.localAddress());
        }
        return true;
      });
      assertThat(warm.await(60, TimeUnit.SECONDS)).isTrue();
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long thread = ports.call(() -> Thread.currentThread().threadId());
      CountDownLatch measured = relay.after(100_000);
      long before = threads.getThreadAllocatedBytes(thread);
      assertThat(measured.await(60, TimeUnit.SECONDS)).isTrue();
      long allocated = threads.getThreadAllocatedBytes(thread) - before;
      assertThat(allocated / 100_000.0).isLessThan(1);
    }
  }

  /** Sends whatever comes in to the other one of two ports. */
  @SuppressWarnings("NullAway.Init")
  private static final class Relay implements DatagramPort.Receiver {
    private DatagramPort one;
    private DatagramPort other;
    private volatile Countdown countdown = new Countdown(0, new CountDownLatch(0));
    private long relayed;

    private record Countdown(long until, CountDownLatch done) {}

    CountDownLatch after(int packets) {
      CountDownLatch done = new CountDownLatch(1);
      countdown = new Countdown(-packets, done);
      return done;
    }

    @Override
    public void received(ByteBuf buffer, int index, int length, long high, long low, int port) {
      boolean fromOne = one.localAddress().port() == port;
      (fromOne ? other : one)
          .send(buffer, index, length, fromOne ? one.localAddress() : other.localAddress());
      relayed++;
      Countdown current = countdown;
      if (current.until() < 0) {
        countdown = new Countdown(relayed - current.until(), current.done());
      } else if (relayed == current.until()) {
        current.done().countDown();
      }
    }

    @Override
    public void unreachable(Endpoint to, int type, int code, int data) {}
  }

  private static void send(LoopbackPorts ports, DatagramPort port, Endpoint to, int... sizes)
      throws Exception {
    ports.call(() -> {
      for (int size : sizes) {
        port.send(Unpooled.buffer(size), 0, size, to);
      }
      return true;
    });
  }
}
