package io.culvert.wire.transport.udp;

import static io.culvert.wire.transport.udp.LoopbackPorts.OPTIONS;
import static io.culvert.wire.transport.udp.LoopbackPorts.endpoint;
import static io.culvert.wire.transport.udp.LoopbackPorts.receive;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.foreign.MemorySegment;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A kernel, or a network device, that does not split what leaves as one (UDP_SEGMENT). */
@EnabledOnOs(OS.LINUX)
class SegmentationTest {
  private static final int ALL = 0;

  private final LoopbackPorts ports =
      new LoopbackPorts(Transport.EPOLL, StandardProtocolFamily.INET);
  private final Kernel kernel = new Kernel();
  private final EpollSockets sockets = new EpollSockets(ports.loop(), false, kernel);
  private final DatagramChannel one = ports.socket();
  private final DatagramChannel other = ports.socket();
  private final int[] sent = new int[2];
  private final int[] arrived = new int[2];
  private DatagramPort port;

  SegmentationTest() throws Exception {}

  @BeforeEach
  void open() throws Exception {
    port = ports.call(() -> sockets.open(ports.anyPort(), OPTIONS, new Inbox()));
  }

  @AfterEach
  void close() throws Exception {
    ports.call(() -> {
      sockets.close();
      return true;
    });
    ports.close();
  }

  /** To one receiver it is one message, which is a call of its own. */
  @ParameterizedTest
  @ValueSource(ints = {LinuxCalls.EIO, LinuxCalls.EINVAL, LinuxCalls.EMSGSIZE})
  void nothingOfARefusedMessageIsLost(int error) throws Exception {
    kernel.refuses(error, ALL);
    send(one, 500, 500, 500, 300);

    expect(one, 500, 500, 500, 300);
    assertThat(ports.call(port::unsent)).isZero();
    assertThat(kernel.refused).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {LinuxCalls.EIO, LinuxCalls.EINVAL, LinuxCalls.EMSGSIZE})
  void norOfABatchWithSeveralOfThem(int error) throws Exception {
    kernel.refuses(error, ALL);
    ports.call(() -> {
      write(one, 100, 500, 500, 500, 300);
      write(other, 700, 700);
      write(one, 800, 800, 900);
      write(other, 50);
      return true;
    });

    expect(one, 100, 500, 500, 500, 300, 800, 800, 900);
    expect(other, 700, 700, 50);
    assertThat(ports.call(port::unsent)).isZero();
    assertThat(kernel.refused).isPositive();
  }

  /** EIO: there is nobody who computes the checksums. */
  @Test
  void whereNothingCanBeSplitNothingIsJoinedAgain() throws Exception {
    kernel.refuses(LinuxCalls.EIO, ALL);
    send(one, 500, 500, 500);
    expect(one, 500, 500, 500);
    send(one, 20, 20, 20);
    expect(one, 20, 20, 20);

    assertThat(kernel.refused).isEqualTo(1);
    assertThat(kernel.taken).isZero();
  }

  /** EINVAL and EMSGSIZE: they are too long for this way. */
  @ParameterizedTest
  @ValueSource(ints = {LinuxCalls.EINVAL, LinuxCalls.EMSGSIZE})
  void whereLongOnesCannotBeSplitShorterOnesStillLeaveAsOne(int error) throws Exception {
    kernel.refuses(error, 1000);
    send(one, 1200, 1200, 1200);
    expect(one, 1200, 1200, 1200);
    send(one, 1300, 1300);
    expect(one, 1300, 1300);
    assertThat(kernel.refused).isEqualTo(1);
    assertThat(kernel.taken).isZero();

    send(one, 900, 900, 900);
    expect(one, 900, 900, 900);
    assertThat(kernel.refused).isEqualTo(1);
    assertThat(kernel.taken).isEqualTo(1);
  }

  private void send(DatagramChannel to, int... sizes) throws Exception {
    ports.call(() -> {
      write(to, sizes);
      return true;
    });
  }

  /** Each with a number of its own in its first byte. */
  private void write(DatagramChannel to, int... sizes) throws Exception {
    Endpoint receiver = endpoint(to);
    for (int size : sizes) {
      ByteBuf bytes = Unpooled.buffer(size).writeByte(next(to)).writeZero(size - 1);
      port.send(bytes, 0, size, receiver);
    }
  }

  private int next(DatagramChannel to) {
    return sent[place(to)]++;
  }

  private int place(DatagramChannel socket) {
    return socket.equals(one) ? 0 : 1;
  }

  private void expect(DatagramChannel at, int... sizes) throws Exception {
    for (int size : sizes) {
      byte[] datagram = receive(at);
      assertThat(datagram[0]).isEqualTo((byte) arrived[place(at)]++);
      assertThat(datagram).hasSize(size);
    }
  }

  /** Refuses messages that it would have to split into parts of that length or more. */
  private static final class Kernel extends LinuxCalls {
    private int error;
    private int from = Integer.MAX_VALUE;
    private int refused;
    private int taken;

    void refuses(int itsError, int itsFrom) {
      error = itsError;
      from = itsFrom;
    }

    @Override
    int sendmsg(int fd, long header) {
      if (refuses(header)) {
        return -error;
      }
      return super.sendmsg(fd, header);
    }

    /** As Linux does it: those before it are sent. */
    @Override
    int sendmmsg(int fd, long headers, int count) {
      for (int i = 0; i < count; i++) {
        if (refuses(headers + (long) i * MessageHeaders.SIZE)) {
          return i == 0 ? -error : super.sendmmsg(fd, headers, i);
        }
      }
      return super.sendmmsg(fd, headers, count);
    }

    private boolean refuses(long header) {
      MemorySegment message = memory(header, MessageHeaders.SIZE);
      if (message.get(JAVA_LONG, 40) == 0) {
        return false; // it has no control message
      }
      MemorySegment control = memory(message.get(JAVA_LONG, 32), 24);
      assertThat(control.get(JAVA_INT, 12)).isEqualTo(LinuxSockets.UDP_SEGMENT);
      boolean refuses = Short.toUnsignedInt(control.get(JAVA_SHORT, 16)) >= from;
      if (refuses) {
        refused++;
      } else {
        taken++;
      }
      return refuses;
    }

    @SuppressWarnings("restricted")
    private static MemorySegment memory(long address, long size) {
      return MemorySegment.ofAddress(address).reinterpret(size);
    }
  }
}
