package io.culvert.wire.transport.udp;

import static io.culvert.wire.transport.udp.LoopbackPorts.OPTIONS;
import static io.culvert.wire.transport.udp.LoopbackPorts.endpoint;
import static io.culvert.wire.transport.udp.LoopbackPorts.receive;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.culvert.wire.transport.SocketError;
import io.culvert.wire.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.epoll.Epoll;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every port, on every transport of this machine and with both families. */
@ParameterizedClass
@MethodSource("kinds")
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
class DatagramPortTest {
  @Parameter(0)
  Transport transport;

  @Parameter(1)
  StandardProtocolFamily family;

  private LoopbackPorts ports;

  static Stream<Arguments> kinds() {
    return Stream.of(Transport.values())
        .filter(transport -> transport == Transport.NIO || Epoll.isAvailable())
        .flatMap(transport ->
            Stream.of(StandardProtocolFamily.INET, StandardProtocolFamily.INET6)
                .map(family -> Arguments.of(transport, family)));
  }

  @BeforeEach
  void start() throws Exception {
    ports = new LoopbackPorts(transport, family);
  }

  @AfterEach
  void stop() throws Exception {
    ports.close();
  }

  @Test
  void datagramsOfEverySizeArriveWholeAndInOrder() throws Exception {
    Inbox inbox = new Inbox();
    DatagramPort port = ports.open(OPTIONS, inbox);
    DatagramChannel socket = ports.socket();
    int[] sizes = {0, 1, 7, 120, 0, 1200, 1472, 1473, 9000, 32_768, 65_506, 65_507, 3};
    for (int size : sizes) {
      socket.send(ByteBuffer.wrap(bytes(size, size)), port.localAddress().toSocketAddress());
    }
    for (int size : sizes) {
      Inbox.Datagram datagram = inbox.take();
      assertThat(datagram.bytes()).isEqualTo(bytes(size, size));
      assertThat(datagram.from()).isEqualTo(endpoint(socket));
    }
  }

  @Test
  void whateverHasGatheredComesInInOrder() throws Exception {
    Inbox inbox = new Inbox();
    DatagramPort port = ports.open(OPTIONS, inbox);
    DatagramChannel socket = ports.socket();
    // On the loop's own thread, so nothing is read meanwhile.
    ports.call(() -> {
      for (int i = 0; i < 1000; i++) {
        socket.send(ByteBuffer.wrap(bytes(50, i)), port.localAddress().toSocketAddress());
      }
      return true;
    });
    for (int i = 0; i < 1000; i++) {
      assertThat(inbox.take().bytes()).isEqualTo(bytes(50, i));
    }
  }

  @Test
  void datagramsOfEverySizeLeaveWholeAndInOrder() throws Exception {
    DatagramPort port = ports.open(OPTIONS, new Inbox());
    DatagramChannel socket = ports.socket();
    int[] sizes = {65_507, 0, 1, 7, 120, 0, 0, 1200, 1472, 1473, 9000, 32_768, 65_506, 3};
    send(port, socket, sizes);
    for (int size : sizes) {
      assertThat(receive(socket)).isEqualTo(bytes(size, size));
    }
    assertThat(ports.call(port::unsent)).isZero();
  }

  @Test
  void whatIsSentTogetherComesOutAsTheSingleDatagramsThatWentIn() throws Exception {
    DatagramPort one = ports.open(OPTIONS, new Inbox());
    DatagramPort other = ports.open(OPTIONS, new Inbox());
    List<DatagramChannel> sockets = List.of(ports.socket(), ports.socket(), ports.socket());
    List<List<byte[]>> sent = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    Random random = new Random(4);
    List<Endpoint> to = new ArrayList<>();
    for (DatagramChannel socket : sockets) {
      to.add(endpoint(socket));
    }
    ports.call(() -> {
      for (int run = 0; run < 200; run++) {
        int socket = random.nextInt(3);
        int size = random.nextInt(2000);
        int count = 1 + random.nextInt(8);
        for (int i = 0; i < count; i++) {
          boolean last = i == count - 1;
          byte[] datagram = bytes(last ? random.nextInt(size + 1) : size, run * 8 + i);
          sent.get(socket).add(datagram);
          // From which port: decided by the receiver, so that it can tell the order.
          DatagramPort port = socket == 0 ? one : other;
          port.send(Unpooled.wrappedBuffer(datagram), 0, datagram.length, to.get(socket));
        }
      }
      return true;
    });
    for (int socket = 0; socket < 3; socket++) {
      for (byte[] datagram : sent.get(socket)) {
        assertThat(receive(sockets.get(socket))).isEqualTo(datagram);
      }
    }
  }

  @Test
  void moreThanTheBatchHoldsLeavesAllTheSame() throws Exception {
    DatagramPort port = ports.open(OPTIONS, new Inbox());
    DatagramChannel socket = ports.socket();
    int[] sizes = new Random(5).ints(1500, 900, 1000).toArray();
    send(port, socket, sizes);
    for (int size : sizes) {
      assertThat(receive(socket)).isEqualTo(bytes(size, size));
    }
  }

  @Test
  void portsTalkToEachOtherInRunsWithAShorterEnd() throws Exception {
    Inbox inbox = new Inbox();
    DatagramPort from = ports.open(OPTIONS, new Inbox());
    DatagramPort to = ports.open(OPTIONS, inbox);
    int[] sizes = {1200, 1200, 1200, 1200, 700, 1200, 1200, 1, 1, 1, 1, 0, 1, 40_000, 40_000};
    send(from, to.localAddress(), sizes);
    for (int size : sizes) {
      Inbox.Datagram datagram = inbox.take();
      assertThat(datagram.bytes()).isEqualTo(bytes(size, size));
      assertThat(datagram.from()).isEqualTo(from.localAddress());
    }
  }

  @Test
  void whatWasReceivedCanBeSentOnWithAHeaderBeforeIt() throws Exception {
    DatagramPort sender = ports.open(OPTIONS, new Inbox());
    DatagramChannel socket = ports.socket();
    Endpoint to = endpoint(socket);
    CompletableFuture<DatagramPort> relay = new CompletableFuture<>();
    relay.complete(
        ports.open(
            OPTIONS,
            new Inbox() {
              @Override
              public void received(
                  ByteBuf buffer, int index, int length, long high, long low, int port) {
                for (int i = 1; i <= DatagramPort.HEADROOM; i++) {
                  buffer.setByte(index - i, 77);
                }
                int start = index - DatagramPort.HEADROOM;
                relay.join().send(buffer, start, length + DatagramPort.HEADROOM, to);
              }
            }));
    int[] sizes = {1000, 1000, 1000, 999};
    send(sender, relay.join().localAddress(), sizes);
    for (int size : sizes) {
      byte[] datagram = receive(socket);
      assertThat(datagram).hasSize(DatagramPort.HEADROOM + size).startsWith(77, 77).endsWith(size);
    }
  }

  @Test
  void aPortMayCloseItselfWhileItReceives() throws Exception {
    CompletableFuture<DatagramPort> closing = new CompletableFuture<>();
    List<Integer> received = new ArrayList<>();
    closing.complete(
        ports.open(
            OPTIONS,
            new Inbox() {
              @Override
              public void received(
                  ByteBuf buffer, int index, int length, long high, long low, int port) {
                received.add(length);
                closing.join().close();
              }
            }));
    DatagramPort sender = ports.open(OPTIONS, new Inbox());
    send(sender, closing.join().localAddress(), 100, 100, 200, 300);
    // What is sent now arrives after what was sent then.
    Inbox inbox = new Inbox();
    DatagramPort next = ports.open(OPTIONS, inbox);
    send(sender, next.localAddress(), 5);
    assertThat(inbox.take().bytes()).hasSize(5);
    assertThat(ports.call(() -> List.copyOf(received))).containsExactly(100);
  }

  @Test
  void aPortMayCloseAnotherThatHasSomethingToReadOrToSend() throws Exception {
    List<DatagramPort> both = new ArrayList<>();
    List<Integer> received = new ArrayList<>();
    DatagramChannel socket = ports.socket();
    Endpoint outside = endpoint(socket);
    DatagramPort.Receiver closer =
        new Inbox() {
          @Override
          public void received(
              ByteBuf buffer, int index, int length, long high, long low, int port) {
            received.add(length);
            both.forEach(each -> each.send(buffer, index, length, outside));
            both.forEach(DatagramPort::close);
          }
        };
    both.add(ports.open(OPTIONS, closer));
    both.add(ports.open(OPTIONS, closer));
    DatagramPort sender = ports.open(OPTIONS, new Inbox());
    ByteBuf bytes = Unpooled.wrappedBuffer(bytes(10, 1));
    ports.call(() -> {
      both.forEach(port -> sender.send(bytes, 0, 10, port.localAddress()));
      return true;
    });
    Inbox inbox = new Inbox();
    DatagramPort next = ports.open(OPTIONS, inbox);
    send(sender, next.localAddress(), 5);
    assertThat(inbox.take().bytes()).hasSize(5);
    assertThat(ports.call(() -> List.copyOf(received))).containsExactly(10);
  }

  /** A last word would be none otherwise. */
  @Test
  void whatHasBeenSentLeavesBeforeThePortIsClosed() throws Exception {
    DatagramPort port = ports.open(OPTIONS, new Inbox());
    DatagramChannel socket = ports.socket();
    Endpoint outside = endpoint(socket);
    ByteBuf bytes = Unpooled.wrappedBuffer(bytes(5, 1));
    ports.call(() -> {
      port.send(bytes, 0, 5, outside);
      port.close();
      return true;
    });
    socket.socket().setSoTimeout(10_000);
    DatagramPacket received = new DatagramPacket(new byte[10], 10);
    socket.socket().receive(received);
    assertThat(received.getLength()).isEqualTo(5);
  }

  @Test
  void closingTwiceClosesOnce() throws Exception {
    DatagramPort port = ports.open(OPTIONS, new Inbox());
    Inbox inbox = new Inbox();
    DatagramPort second =
        ports.call(() -> {
          port.close();
          // It gets the descriptor that has just become free.
          DatagramPort opened = ports.datagrams().open(ports.anyPort(), OPTIONS, inbox);
          port.close();
          return opened;
        });
    DatagramPort sender = ports.open(OPTIONS, new Inbox());
    send(sender, second.localAddress(), 9);
    assertThat(inbox.take().bytes()).hasSize(9);
    ports.call(() -> {
      second.close();
      return true;
    });
  }

  @Test
  void theLoopClosesItsPortsEvenWhileOneReceives() throws Exception {
    CompletableFuture<Boolean> closed = new CompletableFuture<>();
    DatagramPort port =
        ports.open(
            OPTIONS,
            new Inbox() {
              @Override
              public void received(
                  ByteBuf buffer, int index, int length, long high, long low, int port) {
                ports.datagrams().close();
                closed.complete(true);
              }
            });
    InetSocketAddress address = port.localAddress().toSocketAddress();
    DatagramChannel socket = ports.socket();
    ports.call(() -> {
      socket.send(ByteBuffer.wrap(bytes(5, 1)), address);
      socket.send(ByteBuffer.wrap(bytes(5, 2)), address);
      return true;
    });
    assertThat(closed.get(10, TimeUnit.SECONDS)).isTrue();
    // Whoever still has the port can do no harm.
    ByteBuf bytes = Unpooled.wrappedBuffer(bytes(5, 3));
    ports.call(() -> {
      port.send(bytes, 0, 5, endpoint(socket));
      port.close();
      return true;
    });
    assertThat(ports.call(port::unsent)).isEqualTo(1);
  }

  @Test
  void anEventLoopThatIsShutDownClosesItsPorts() throws Exception {
    DatagramPort port = ports.open(OPTIONS, new Inbox());
    InetSocketAddress address = port.localAddress().toSocketAddress();
    ports.loop().shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
    ports.datagrams().close();
    try (DatagramChannel next = DatagramChannel.open(family)) {
      assertThat(next.bind(address).getLocalAddress()).isEqualTo(address);
    }
    ports = new LoopbackPorts(transport, family);
  }

  @Test
  void aDatagramToNobodyHoldsUpNoOther() throws Exception {
    DatagramPort port = ports.open(LoopbackPorts.REPORTING, new Inbox());
    DatagramChannel socket = ports.socket();
    Endpoint to = endpoint(socket);
    Endpoint nobody = ports.nobody();
    ByteBuf bytes = Unpooled.wrappedBuffer(bytes(3, 3));
    for (int i = 0; i < 10; i++) {
      ports.call(() -> {
        port.send(bytes, 0, 3, nobody);
        // Makes the first one leave, so the error is there when the second one does.
        port.dontFragment(true);
        port.dontFragment(false);
        port.send(bytes, 0, 3, to);
        return true;
      });
      assertThat(receive(socket)).isEqualTo(bytes(3, 3));
    }
    assertThat(ports.call(port::unsent)).isZero();
  }

  @Test
  void aReceiversMistakeCostsItThatDatagramAlone() throws Exception {
    Inbox inbox =
        new Inbox() {
          @Override
          public void received(
              ByteBuf buffer, int index, int length, long high, long low, int port) {
            if (length == 13) {
              throw new IllegalStateException("a test's mistake");
            }
            super.received(buffer, index, length, high, low, port);
          }
        };
    DatagramPort port = ports.open(OPTIONS, inbox);
    DatagramPort sender = ports.open(OPTIONS, new Inbox());
    send(sender, port.localAddress(), 12, 13, 14);
    assertThat(inbox.take().bytes()).hasSize(12);
    assertThat(inbox.take().bytes()).hasSize(14);
  }

  @Test
  void whatCannotBeSentIsCounted() throws Exception {
    DatagramPort port = ports.open(OPTIONS, new Inbox());
    Endpoint tooLong = ports.nobody();
    Endpoint otherFamily =
        family == StandardProtocolFamily.INET
            ? new Endpoint(0, 1, 9)
            : new Endpoint(0, Endpoint.low(0x7f00_0001), 9);
    ByteBuf bytes = Unpooled.buffer(70_000);
    ports.call(() -> {
      port.send(bytes, 0, 70_000, tooLong);
      port.send(bytes, 0, 3, otherFamily);
      return true;
    });
    assertThat(ports.call(port::unsent)).isEqualTo(2);
  }

  @Test
  void anAddressInUseSaysSo() throws Exception {
    InetSocketAddress taken = ports.open(OPTIONS, new Inbox()).localAddress().toSocketAddress();
    assertThatExceptionOfType(BindException.class)
        .isThrownBy(() -> ports.open(taken, OPTIONS, new Inbox()))
        .satisfies(e -> assertThat(SocketError.of(e)).isEqualTo(SocketError.ADDRESS_IN_USE));
  }

  @Test
  void anAddressOfAnotherMachineSaysSo() {
    InetSocketAddress elsewhere =
        new InetSocketAddress(
            family == StandardProtocolFamily.INET ? "192.0.2.1" : "2001:db8::1", 0);
    assertThatExceptionOfType(BindException.class)
        .isThrownBy(() -> ports.open(elsewhere, OPTIONS, new Inbox()))
        .satisfies(e -> assertThat(SocketError.of(e)).isEqualTo(SocketError.ADDRESS_NOT_AVAILABLE));
  }

  @Test
  void portsMayShareAnAddressWhenBothSaySo() throws Exception {
    DatagramOptions shared = new DatagramOptions(true, 0, 0, false);
    InetSocketAddress address = ports.open(shared, new Inbox()).localAddress().toSocketAddress();
    assertThat(ports.open(address, shared, new Inbox()).localAddress().toSocketAddress())
        .isEqualTo(address);
  }

  @Test
  void onlyTheEventLoopOpensPorts() {
    assertThatIllegalStateException()
        .isThrownBy(() -> ports.datagrams().open(ports.anyPort(), OPTIONS, new Inbox()));
  }

  private void send(DatagramPort port, DatagramChannel socket, int... sizes) throws Exception {
    send(port, endpoint(socket), sizes);
  }

  /** All within one round of the event loop. */
  private void send(DatagramPort port, Endpoint to, int... sizes) throws Exception {
    @Nullable Object done =
        ports.call(() -> {
          for (int size : sizes) {
            port.send(Unpooled.wrappedBuffer(bytes(size, size)), 0, size, to);
          }
          return null;
        });
    assertThat(done).isNull();
  }

  /** That many bytes, which nobody takes for others. */
  private static byte[] bytes(int size, int seed) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (seed + (size - 1 - i) * 31);
    }
    return bytes;
  }
}
