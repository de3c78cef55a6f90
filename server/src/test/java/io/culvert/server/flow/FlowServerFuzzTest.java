package io.culvert.server.flow;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.culvert.server.ErrorLog;
import io.culvert.server.account.Accounts;
import io.culvert.server.account.ManySessions;
import io.culvert.server.account.SessionResult;
import io.culvert.server.config.ServerConfig.StoreConfig;
import io.culvert.server.net.ChannelFrom;
import io.culvert.wire.flow.FlowCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever a client sends, it is answered with frames of the protocol, an exception never leaves
 * its connection, and nothing is left of it when it has gone.
 *
 * <p>32 times T in the input stands for the token of the connection's account, which is {@code
 * "account 0"}; {@code "account 1"} is online, too.
 *
 * <p>Every build replays the inputs beside this class's resources; with {@code JAZZER_FUZZ=1}
 * Jazzer looks for new ones, one method at a time.
 */
class FlowServerFuzzTest {
  private static final String PLACE_OF_TOKEN = "T".repeat(32);

  @TempDir private static Path data;
  private static Accounts accounts;
  private static List<String> tokens;

  @BeforeAll
  static void openAccounts() throws Exception {
    tokens = new ArrayList<>(ManySessions.add(data, 2));
    accounts =
        Accounts.open(data, new StoreConfig(Optional.empty()), "culvert", Duration.ofDays(1));
  }

  /** A service whose tokens are good: the input before may have logged out. */
  private static FlowChannels service() throws Exception {
    // Asked for after the logout, answered after it.
    accounts.session("x".repeat(32)).join();
    for (int i = 0; i < tokens.size(); i++) {
      if (accounts.session(tokens.get(i)).join() instanceof SessionResult.Unknown) {
        tokens.set(i, ManySessions.addTo(data, "account " + i));
        // In memory now, so that it is known without waiting.
        assertThat(accounts.session(tokens.get(i)).join()).isInstanceOf(SessionResult.Live.class);
      }
    }
    return new FlowChannels(accounts);
  }

  @AfterAll
  static void closeAccounts() {
    accounts.close();
  }

  @FuzzTest(maxDuration = "1m")
  void stranger(byte[] bytes) throws Exception {
    FlowChannels service = service();
    check(service, service.signal(), bytes, 0);
  }

  @FuzzTest(maxDuration = "1m")
  void client(byte[] bytes) throws Exception {
    FlowChannels service = service();
    ChannelFrom bystander = service.signal();
    FlowChannels.send(bystander, RawFlowClient.message(0, tokens.get(1), "{}"));
    ChannelFrom client = service.signal();
    FlowChannels.send(client, RawFlowClient.message(0, tokens.getFirst(), "{}"));
    assertThat(service.switchboard.online()).isEqualTo(2);

    check(service, client, bytes, 1);

    checkFrames(bystander);
    assertThat(bystander.isOpen()).isTrue();
    bystander.finishAndReleaseAll();
    assertThat(service.switchboard.calls()).isZero();
  }

  @FuzzTest(maxDuration = "1m")
  void login(byte[] bytes) throws Exception {
    FlowChannels service = service();
    check(service, service.account(), bytes, 0);
  }

  private static void check(
      FlowChannels service, ChannelFrom channel, byte[] bytes, int onlineAfterwards)
      throws Exception {
    try (ErrorLog errors = new ErrorLog()) {
      String input = new String(bytes, ISO_8859_1).replace(PLACE_OF_TOKEN, tokens.getFirst());
      channel.writeInbound(Unpooled.copiedBuffer(input, ISO_8859_1));
      channel.runPendingTasks();
      checkFrames(channel);
      channel.finishAndReleaseAll();
      channel.checkException();
      assertThat(errors.messages()).isEmpty();
      assertThat(service.switchboard.online()).isEqualTo(onlineAfterwards);
      assertThat(service.unfinished.kept()).isZero();
    }
  }

  private static void checkFrames(ChannelFrom channel) throws Exception {
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      assertThat(FlowCodec.decodeFromServer(out)).isNotNull();
      assertThat(out.isReadable()).isFalse();
      out.release();
    }
  }
}
