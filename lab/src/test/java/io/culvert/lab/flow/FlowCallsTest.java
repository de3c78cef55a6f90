package io.culvert.lab.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.flow.FlowConnection;
import io.culvert.client.flow.IncomingCall;
import io.culvert.lab.AccountServer;
import io.culvert.lab.Talk;
import io.culvert.lab.flow.Meeting.Connected;
import io.culvert.lab.flow.Person.Manner;
import io.culvert.lab.junit.InLab;
import io.culvert.lab.net.Lab;
import io.culvert.lab.net.NatKind;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What there is between people beside a call that is taken. */
@InLab
class FlowCallsTest {
  @TempDir private static Path data;

  @BeforeAll
  static void thereAreAccounts() throws Exception {
    AccountServer.prepare(data, "alice", "bob", "carol");
  }

  @Test
  void whoTalksIsBusyForOthersUntilTheConversationIsOver() throws Exception {
    try (Lab lab = Lab.open();
        Meeting meeting = neighbours(lab, Manner.TAKES_CALLS);
        Person carol =
            lab.peer("carol", NatKind.PORT_RESTRICTED)
                .run(() -> Person.online(meeting.server().login("carol"), Manner.TAKES_CALLS))) {
      try (Connected connected = meeting.connect()) {
        assertThatFails(() -> carol.call(meeting.bob()), Reason.BUSY);
        Talk.works(connected.toBob(), connected.toAlice());
      }

      try (Connected connected =
          new Connected(carol.call(meeting.bob()), meeting.bob().connections.next())) {
        assertThat(connected.toAlice().peer()).isEqualTo("carol");
        Talk.works(connected.toBob(), connected.toAlice());
      }
    }
  }

  @Test
  void aCallMayBeRefused() throws Exception {
    try (Lab lab = Lab.open();
        Meeting meeting = neighbours(lab, Manner.REFUSES)) {
      assertThatFails(() -> meeting.alice().call(meeting.bob()), Reason.REFUSED);
    }
  }

  @Test
  void theCallerMayHangUpWhileItRings() throws Exception {
    try (Lab lab = Lab.open();
        Meeting meeting = neighbours(lab, Manner.LETS_IT_RING)) {
      CompletableFuture<FlowConnection> alices = meeting.alice().callAsync(meeting.bob());
      IncomingCall call = meeting.bob().calls.next();
      alices.cancel(false);
      assertThat(call.missed().get(30, TimeUnit.SECONDS).reason()).isEqualTo(Reason.HUNG_UP);
    }
  }

  private interface Attempt {
    FlowConnection call() throws Exception;
  }

  private static void assertThatFails(Attempt attempt, Reason reason) {
    assertThatExceptionOfType(CulvertException.class)
        .isThrownBy(attempt::call)
        .satisfies(why -> assertThat(why.reason()).as(why.toString()).isEqualTo(reason));
  }

  private static Meeting neighbours(Lab lab, Manner bobs) throws Exception {
    return Meeting.of(
        lab,
        data,
        lab.peer("alice", NatKind.PORT_RESTRICTED),
        lab.peer("bob", NatKind.PORT_RESTRICTED),
        bobs);
  }
}
