package io.culvert.lab.foreign;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.culvert.wire.flow.CallData.Ice;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A peer of ICE that is a process, which is spoken to in lines.
 *
 * <pre>
 * it says                            it is told
 * credentials UFRAG PWD              credentials UFRAG PWD     and begins with its checks
 * candidate:...                      candidate:...
 * gathered                           say TEXT                  to the other peer
 * connected
 * heard TEXT
 * failed WHY
 * </pre>
 *
 * Thread-safe.
 */
public final class ForeignPeer implements AutoCloseable {
  private static final Duration GATHERING = Duration.ofSeconds(15);

  /** Of what makes no sense; that is what it dies with. */
  private static final int LAST_WORDS = 20;

  private final Process process;
  private final PrintWriter input;
  private final CompletableFuture<Ice> description = new CompletableFuture<>();
  private final CompletableFuture<Void> connected = new CompletableFuture<>();
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

  /** So that the same credentials are told once. */
  private String told = "";

  ForeignPeer(Process process) {
    this.process = process;
    this.input = new PrintWriter(process.outputWriter(UTF_8));
    Thread.ofPlatform().daemon().name("foreign-peer").start(() -> read(process.inputReader(UTF_8)));
  }

  private void read(BufferedReader output) {
    Deque<String> lastWords = new ArrayDeque<>();
    try (output) {
      String ufrag = "";
      String pwd = "";
      List<String> candidates = new ArrayList<>();
      String line;
      while ((line = output.readLine()) != null) {
        String[] words = line.split(" ", 3);
        switch (words[0]) {
          case "credentials" -> {
            ufrag = words[1];
            pwd = words[2];
          }
          case "gathered" -> description.complete(new Ice(ufrag, pwd, candidates));
          case "connected" -> connected.complete(null);
          case "failed" ->
              connected.completeExceptionally(new IOException("The peer says: " + line));
          case "heard" -> heard.add(line.substring("heard ".length()));
          default -> {
            if (line.startsWith("candidate:")) {
              candidates.add(line);
            } else {
              lastWords.add(line);
            }
          }
        }
        if (lastWords.size() > LAST_WORDS) {
          lastWords.remove();
        }
      }
    } catch (IOException e) {
      lastWords.add(String.valueOf(e.getMessage())); // killed with its lab
    }
    IOException end = new IOException("The peer has ended:\n" + String.join("\n", lastWords));
    description.completeExceptionally(end);
    connected.completeExceptionally(end);
  }

  /**
   * What the other peer is to be told, once that is known.
   *
   * @throws java.util.concurrent.ExecutionException when there has been no such thing
   */
  public Ice description() throws Exception {
    return description.get(GATHERING.toSeconds(), TimeUnit.SECONDS);
  }

  /** Tells it who and where the other peer is, which has it begin; or where that is besides. */
  public synchronized void hear(Ice other) {
    other.candidates().forEach(this::tell);
    String credentials = "credentials " + other.ufrag() + " " + other.pwd();
    if (!credentials.equals(told)) {
      told = credentials;
      tell(credentials);
    }
  }

  /** Sends that to the other peer, when connected. */
  public void say(String text) {
    tell("say " + text);
  }

  /** Tells it such a line. What it does not live to read is lost. */
  private synchronized void tell(String line) {
    input.println(line);
    input.flush();
  }

  /** Done when it may say something; failed when it has failed or ended before that. */
  public CompletableFuture<Void> connected() {
    return connected.copy();
  }

  /** What the other one has said; null when that is silent for so long. */
  public @Nullable String heard(Duration patience) throws InterruptedException {
    return heard.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Kills it. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
