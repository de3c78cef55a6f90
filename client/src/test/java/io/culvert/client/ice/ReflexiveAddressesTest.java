package io.culvert.client.ice;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.ice.NatSightings;
import io.culvert.wire.ice.NatSightings.Mapping;
import io.culvert.wire.stun.DiscoveryAttribute.OtherAddress;
import io.culvert.wire.stun.StunAttribute;
import io.culvert.wire.stun.StunAttribute.XorMappedAddress;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.transport.Transport;
import io.culvert.wire.transport.udp.DatagramLoop;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is asked is seen here, and what servers answer is said here. */
@Timeout(30)
class ReflexiveAddressesTest {
  private static final InetSocketAddress SERVER = new InetSocketAddress("203.0.113.1", 3478);
  private static final InetSocketAddress OTHER = new InetSocketAddress("203.0.113.9", 3479);
  private static final InetSocketAddress MAPPED = new InetSocketAddress("198.51.100.2", 40_000);
  private static final InetSocketAddress ELSEWHERE = new InetSocketAddress("198.51.100.2", 40_001);
  private static final int PORT = 5000;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Question(byte[] datagram, InetSocketAddress to) {
    StunMessage message() throws MalformedMessageException {
      return StunCodec.decode(Unpooled.wrappedBuffer(datagram));
    }
  }

  private final EventLoopGroup group = Transport.best().eventLoops(1, "reflexive-test");
  private final IoEventLoop loop = (IoEventLoop) group.next();
  private final BlockingQueue<Question> questions = new LinkedBlockingQueue<>();
  private final BlockingQueue<InetSocketAddress> found = new LinkedBlockingQueue<>();
  private final ReflexiveAddresses addresses =
      new ReflexiveAddresses(
          loop,
          new DatagramLoop(loop),
          new SecureRandom(),
          (datagram, to) -> questions.add(new Question(datagram, to)),
          found::add);

  @BeforeEach
  void begin() throws Exception {
    on(() -> {
      addresses.begin(List.of(SERVER), PORT);
      return true;
    });
  }

  @AfterEach
  void end() throws Exception {
    on(() -> {
      addresses.close();
      return true;
    });
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
  }

  @Test
  void theAddressIsToldOnce() throws Exception {
    Question question = nextTo(SERVER);
    assertThat(answer(question, new XorMappedAddress(MAPPED))).isTrue();
    assertThat(answer(question, new XorMappedAddress(MAPPED))).isTrue();

    assertThat(found).containsExactly(MAPPED);
    assertThat(sightings()).isEqualTo(new NatSightings(Mapping.UNKNOWN, List.of(MAPPED)));
  }

  @Test
  void aServersOtherAddressIsAskedToo() throws Exception {
    answer(nextTo(SERVER), new XorMappedAddress(MAPPED), new OtherAddress(OTHER));
    answer(nextTo(OTHER), new XorMappedAddress(ELSEWHERE));

    assertThat(found).containsExactly(MAPPED);
    assertThat(sightings())
        .isEqualTo(new NatSightings(Mapping.DEPENDENT, List.of(MAPPED, ELSEWHERE)));
  }

  @Test
  void whoHasMovedIsToldSo() throws Exception {
    Question question = nextTo(SERVER);
    answer(question, new XorMappedAddress(MAPPED));
    answer(question, new XorMappedAddress(ELSEWHERE));

    assertThat(found).containsExactly(MAPPED, ELSEWHERE);
    assertThat(sightings()).isEqualTo(new NatSightings(Mapping.UNKNOWN, List.of(ELSEWHERE)));
  }

  @Test
  void oneLostDatagramIsNoOutage() throws Exception {
    BlockingQueue<String> back = new LinkedBlockingQueue<>();
    addresses.whenBack(() -> back.add("back"));
    answer(nextTo(SERVER), new XorMappedAddress(MAPPED));
    beat();
    nextTo(SERVER); // lost
    beat();
    answer(nextTo(SERVER), new XorMappedAddress(MAPPED));
    assertThat(back).isEmpty();

    questions.clear();
    for (int i = 0; i < 3; i++) {
      beat();
    }
    for (Question question : List.copyOf(questions)) {
      answer(question, new XorMappedAddress(MAPPED));
    }
    assertThat(back).hasSize(1);
  }

  private void beat() throws Exception {
    on(() -> {
      addresses.keepAlive();
      return true;
    });
  }

  @Test
  void answersToOthersAreNotTaken() throws Exception {
    Question question = nextTo(SERVER);
    StunMessage answer = success(question, new XorMappedAddress(MAPPED));

    assertThat(on(() -> addresses.heard(answer, OTHER))).isFalse();
    assertThat(found).isEmpty();
  }

  @Test
  void withoutAServerASurveyEndsAtOnce() throws Exception {
    BlockingQueue<String> done = new LinkedBlockingQueue<>();
    on(() -> {
      addresses.survey(() -> done.add("done"));
      return true;
    });

    assertThat(done).containsExactly("done");
    assertThat(sightings()).isEqualTo(NatSightings.NONE);
  }

  private NatSightings sightings() throws Exception {
    return on(() -> addresses.sightings(List.of()));
  }

  private Question nextTo(InetSocketAddress server) throws InterruptedException {
    while (true) {
      Question next = questions.poll(10, TimeUnit.SECONDS);
      assertThat(next).as("within ten seconds").isNotNull();
      if (next.to().equals(server)) {
        return next;
      }
    }
  }

  private boolean answer(Question question, StunAttribute... attributes) throws Exception {
    StunMessage answer = success(question, attributes);
    return on(() -> addresses.heard(answer, question.to()));
  }

  private static StunMessage success(Question question, StunAttribute... attributes)
      throws MalformedMessageException {
    return new StunMessage(
        StunClass.SUCCESS,
        StunMessage.BINDING,
        question.message().transactionId(),
        List.of(attributes));
  }

  private <T> T on(Callable<T> task) throws Exception {
    return loop.submit(task).get();
  }
}
