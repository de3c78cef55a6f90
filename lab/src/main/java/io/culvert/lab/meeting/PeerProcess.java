package io.culvert.lab.meeting;

import io.culvert.client.ServerAddress;
import io.culvert.client.flow.Credential;
import io.culvert.client.flow.FlowLogin;
import io.culvert.client.peer.Connection;
import io.culvert.client.peer.PathReport;
import io.culvert.client.peer.Peer;
import io.culvert.client.peer.Stream;
import io.culvert.client.tls.ServerTrust;
import io.culvert.client.tls.TlsPolicy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The main class of {@link SeparatePeer}: a peer that does what the lines on stdin order, one after
 * the other, and answers each with a line. It ends with stdin.
 *
 * <pre>{@code
 * order            answer, or "no" and a sentence
 *                  ok                          it is online; without an order, first of all
 * connect NAME     ok                          there is a connection
 * accept           ok                          somebody has connected
 * send BYTES       ok SHA-256                  on a stream of its own
 * receive          ok BYTES SHA-256            all of the next stream
 * path             ok KIND …                   the way that is taken, for people; or only ok
 * why              ok …                        for people
 * time             ok SECONDS                  since 1970, as it believes
 * }</pre>
 */
final class PeerProcess implements AutoCloseable {
  static final String OK = "ok";
  static final String NO = "no";
  static final String CONNECT = "connect";
  static final String ACCEPT = "accept";
  static final String SEND = "send";
  static final String RECEIVE = "receive";
  static final String PATH = "path";
  static final String WHY = "why";
  static final String TIME = "time";

  /** The caller is connected before. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final int CHUNK = 16_384;

  private final Peer peer;
  private @Nullable Connection connection;

  private PeerProcess(Peer peer) {
    this.peer = peer;
  }

  /** The server's host and port, account, password, and the directory of its files. */
  public static void main(String[] arguments) throws InterruptedException {
    PrintStream answers = System.out;
    System.setOut(System.err); // whoever else has something to say
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    FlowLogin login =
        new FlowLogin(
            new ServerAddress(arguments[0], Integer.parseInt(arguments[1])),
            arguments[2],
            new Credential.Password(arguments[3]),
            TlsPolicy.REQUIRED,
            new ServerTrust.FirstUse());
    try (Peer peer = Peer.builder().login(login).directory(Path.of(arguments[4])).open();
        PeerProcess process = new PeerProcess(peer)) {
      answers.println(OK);
      for (String line = orders.readLine(); line != null; line = orders.readLine()) {
        answers.println(process.answer(line));
      }
    } catch (IOException e) {
      answers.println(sentence(e));
    }
  }

  private String answer(String order) throws InterruptedException {
    String[] words = order.split(" ", 2);
    try {
      return (OK
              + " "
              + switch (words[0]) {
                case CONNECT -> {
                  connection = peer.connect(words[1]);
                  yield "";
                }
                case ACCEPT -> {
                  connection =
                      peer.accept(PATIENCE)
                          .orElseThrow(() -> new IOException("Nobody has connected."));
                  yield "";
                }
                case SEND -> send(Integer.parseInt(words[1]));
                case RECEIVE -> receive();
                case PATH -> connection().path().map(PeerProcess::path).orElse("");
                case WHY -> connection().why().toString().replaceAll("\\s+", " ");
                case TIME -> Long.toString(Instant.now().getEpochSecond());
                default -> throw new IllegalArgumentException("unknown order: " + order);
              })
          .strip();
    } catch (IOException e) {
      return sentence(e);
    }
  }

  private static String sentence(IOException why) {
    return NO + " " + String.valueOf(why.getMessage()).replaceAll("\\s+", " ");
  }

  private static String path(PathReport path) {
    return path.kind() + " " + path;
  }

  private Connection connection() {
    if (connection == null) {
      throw new IllegalStateException("there is no connection yet");
    }
    return connection;
  }

  private String send(int bytes) throws IOException, InterruptedException {
    byte[] data = new byte[bytes];
    new Random().nextBytes(data);
    Stream stream = connection().openStream();
    stream.output().write(data);
    stream.shutdownOutput();
    return HexFormat.of().formatHex(sha256().digest(data));
  }

  private String receive() throws IOException, InterruptedException {
    MessageDigest digest = sha256();
    long bytes = 0;
    try (Stream stream = connection().acceptStream()) {
      InputStream input = stream.input();
      byte[] chunk = new byte[CHUNK];
      for (int read = input.read(chunk); read >= 0; read = input.read(chunk)) {
        digest.update(chunk, 0, read);
        bytes += read;
      }
    }
    return bytes + " " + HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has it", e);
    }
  }

  @Override
  public void close() {
    if (connection != null) {
      connection.close();
    }
  }
}
