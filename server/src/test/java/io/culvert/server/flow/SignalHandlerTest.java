package io.culvert.server.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.server.account.AccountStore;
import io.culvert.server.account.Accounts;
import io.culvert.server.account.LoginResult;
import io.culvert.server.config.ServerConfig.StoreConfig;
import io.culvert.server.net.ChannelFrom;
import io.netty.buffer.Unpooled;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a connection is closed, in time that passes only when it is told to. */
class SignalHandlerTest {
  private static final Duration ALMOST_45_SECONDS = Duration.ofMillis(44_999);
  private static final Duration MOMENT = Duration.ofMillis(1);

  @TempDir private static Path data;
  private static Accounts accounts;
  private static String token;

  private FlowChannels service;
  private ChannelFrom client;

  @BeforeEach
  void connect() throws Exception {
    service = new FlowChannels(accounts);
    client = service.signal();
  }

  @BeforeAll
  static void openAccounts() throws Exception {
    StoreConfig sqlite = new StoreConfig(Optional.empty());
    try (AccountStore store = AccountStore.open(data, sqlite, "culvert")) {
      store.add("alice", "secret");
    }
    accounts = Accounts.open(data, sqlite, "culvert", Duration.ofDays(1));
    token = newToken();
  }

  @AfterAll
  static void closeAccounts() {
    accounts.close();
  }

  @AfterEach
  void close() {
    client.finishAndReleaseAll();
  }

  private static String newToken() {
    LoginResult result = accounts.login("alice", "secret", FlowChannels.REMOTE.getAddress()).join();
    return ((LoginResult.Accepted) result).session().token();
  }

  private void send(String json) {
    FlowChannels.send(client, json);
  }

  private String sent() {
    return FlowChannels.sent(client);
  }

  /** The first time a token comes from the database, and a thread of its own. */
  private void bind() {
    send(RawFlowClient.message(0, token, "{}"));
    awaitOnline(1);
  }

  private void awaitOnline(int count) {
    await()
        .until(() -> {
          client.runPendingTasks();
          return service.switchboard.online() == count;
        });
  }

  @Test
  void aConnectionThatIsNobodysFor45SecondsIsClosed() {
    client.pass(ALMOST_45_SECONDS);
    assertThat(client.isOpen()).isTrue();

    client.pass(MOMENT);

    assertThat(client.isOpen()).isFalse();
    assertThat(service.counted(FlowCounter.TIMED_OUT)).isEqualTo(1);
  }

  @Test
  void talkingBuysAStrangerNoTime() {
    for (int i = 0; i < 44; i++) {
      client.pass(Duration.ofSeconds(1));
      send(RawFlowClient.message(99, "", "{}"));
    }
    client.pass(Duration.ofSeconds(1));

    assertThat(client.isOpen()).isFalse();
  }

  @Test
  void aClientThatIsHeardFromStays() {
    bind();
    for (int i = 0; i < 100; i++) {
      client.pass(ALMOST_45_SECONDS);
      send(RawFlowClient.message(0, token, "{}"));
    }
    client.pass(ALMOST_45_SECONDS);
    assertThat(client.isOpen()).isTrue();

    client.pass(MOMENT);

    assertThat(client.isOpen()).isFalse();
    assertThat(service.switchboard.online()).isZero();
    assertThat(service.counted(FlowCounter.TIMED_OUT)).isEqualTo(1);
    assertThat(sent()).isEmpty();
  }

  @Test
  void aSlowFrameIsNoSilence() {
    bind();
    byte[] frame = RawFlowClient.frame(RawFlowClient.message(99, "", "{}"));
    for (byte b : frame) {
      client.pass(Duration.ofSeconds(40));
      client.writeInbound(Unpooled.wrappedBuffer(new byte[] {b}));
    }

    assertThat(sent()).contains("unknown signalType 99");
  }

  @Test
  void afterALogoutThereAre45SecondsToLogInAgain() throws Exception {
    bind();
    String dying = newToken();
    send(RawFlowClient.message(0, dying, "{}"));
    client.pass(Duration.ofSeconds(40));
    send(RawFlowClient.message(5, dying, "{}"));
    awaitOnline(0);
    await()
        .until(() -> {
          client.runPendingTasks();
          return sent().contains("\"signalType\":80,\"status\":0");
        });

    client.pass(ALMOST_45_SECONDS);
    assertThat(client.isOpen()).isTrue();
    client.pass(MOMENT);

    assertThat(client.isOpen()).isFalse();
  }

  @Test
  void whatWaitsForTheAccountsIsForgottenWithTheConnection() throws Exception {
    String fresh = newToken();
    send(RawFlowClient.message(0, fresh, "{}"));
    send(RawFlowClient.message(99, "", "{}"));
    client.close();

    await().until(() -> accounts.session(fresh).isDone());
    client.runPendingTasks();

    assertThat(service.switchboard.online()).isZero();
    client.checkException();
  }

  @Test
  void theAddressReachedIsThatOfTheServer() {
    send(RawFlowClient.message(1, token, "{}"));

    await()
        .until(() -> {
          client.runPendingTasks();
          return sent()
              .contains(
                  "\"ssIP\":\"%s\",\"ssPort\":%d,\"stunServer\":\"\""
                      .formatted(
                          ChannelFrom.LOCAL.getAddress().getHostAddress(),
                          ChannelFrom.LOCAL.getPort()));
        });
  }
}
