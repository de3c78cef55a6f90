package io.culvert.server.flow;

import static io.culvert.server.flow.TestFlowServer.passwordOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.config.ServerConfig.HttpConfig;
import io.culvert.server.http.HttpClientSocket;
import io.culvert.server.http.HttpClientSocket.Answer;
import io.culvert.server.http.HttpRoute;
import io.culvert.server.http.HttpService;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class LoginRouteTest {
  @TempDir private Path data;

  private TestFlowServer server;
  private HttpService http;
  private HttpClientSocket client;

  @BeforeEach
  void start() throws Exception {
    server = TestFlowServer.start(data);
    server.add("alice");
    http = new HttpService(server.tls());
    http.listen(
        new HttpConfig(TestFlowServer.LOOPBACK, 0, Optional.empty()),
        Map.of(
            "/login",
            server.server().loginRoute(),
            "/health",
            HttpRoute.get(() -> Map.of("status", "ok"))));
    client = new HttpClientSocket(http.listeners().getFirst().address());
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    http.close();
    server.close();
  }

  private void post(String json) throws Exception {
    client.send(
        "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(json.length(), json));
  }

  private static String login(String password) {
    return RawFlowClient.message(1, "", "{'account':'alice','password':'%s'}".formatted(password));
  }

  private static String failure(int type, String description) {
    return "{\"head\":{\"signalType\":%d,\"status\":-1,\"sessionToken\":\"\"},\"body\":{\"description\":\"%s\"}}"
        .formatted(type, description);
  }

  @Test
  void theSameJsonGetsTheSameAnswer() throws Exception {
    post(login(passwordOf("alice")));

    Answer answer = client.read();

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.head())
        .contains("content-type: application/json\r\n", "cache-control: no-store\r\n");
    String token = answer.body().replaceAll(".*\"sessionToken\":\"([^\"]{32})\".*", "$1");
    assertThat(answer.body())
        .isEqualTo(
            RawFlowClient.message(
                16,
                token,
                ("{'ssIP':'127.0.0.1','ssPort':%d,'stunServer':'127.0.0.1:3478',"
                        + "'userInfo':{'account':'alice'},'turn':%s}")
                    .formatted(server.signalPort(), TestFlowServer.ALICES_TURN)));
    server.online(token, "alice");
  }

  @Test
  void aWrongPasswordIsRefused() throws Exception {
    post(login("wrong"));

    Answer answer = client.read();

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.body()).isEqualTo(failure(16, "account or password is wrong"));
  }

  @Test
  void whoGuessesTooOftenIsToldWhenToTryAgain() throws Exception {
    Answer answer;
    int attempts = 0;
    do {
      post(login("wrong"));
      answer = client.read();
      attempts++;
    } while (answer.status() == 401 && attempts < 1_000);

    assertThat(answer.status()).isEqualTo(429);
    String seconds = answer.body().replaceAll(".*try again in ([1-9][0-9]*) s.*", "$1");
    assertThat(answer.head()).contains("\r\nretry-after: " + seconds + "\r\n");
  }

  @Test
  void whenNobodyCanTellTheAnswerIs503() throws Exception {
    server.accounts().close();
    post(login(passwordOf("alice")));

    Answer answer = client.read();

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.body()).startsWith("{\"head\":{\"signalType\":16,\"status\":-1,");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "x | 0 | not JSON",
        "[] | 0 | not a JSON object of Unicode text",
        "{'body':{}} | 0 | head is missing",
        "{'head':{'signalType':1},'body':{}} | 16 | password is missing",
        "{'head':{'signalType':0}} | 0 | here you can only log in",
        "{'head':{'signalType':5}} | 80 | here you can only log in",
        "{'head':{'signalType':99}} | 99 | unknown signalType 99"
      })
  void whatIsNoLoginIsMalformed(String json, int type, String description) throws Exception {
    post(json.replace('\'', '"'));

    Answer answer = client.read();

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).isEqualTo(failure(type, description));
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void anEmptyBodyIsMalformedToo() throws Exception {
    post("");

    assertThat(client.read().status()).isEqualTo(400);
  }

  @Test
  void aLoginIsPosted() throws Exception {
    client.send("GET /login HTTP/1.1\r\nHost: x\r\n\r\n");

    Answer answer = client.read();

    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.head()).contains("\r\nallow: post\r\n");
    assertThat(answer.body()).isEqualTo("{\"error\":\"only POST\"}");
  }

  @Test
  void whoIsLostIsToldWhatThereIs() throws Exception {
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

    assertThat(client.read().body()).isEqualTo("{\"error\":\"try /health, /login\"}");
  }

  @Test
  void requestsThatArriveTogetherAreAnsweredInOrder() throws Exception {
    String login = login(passwordOf("alice"));
    String post =
        "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(login.length(), login);
    String get = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
    client.send(post + get + post + get);

    assertThat(client.read().body()).contains("sessionToken");
    assertThat(client.read().body()).isEqualTo("{\"status\":\"ok\"}");
    assertThat(client.read().body()).contains("sessionToken");
    assertThat(client.read().body()).isEqualTo("{\"status\":\"ok\"}");
  }
}
