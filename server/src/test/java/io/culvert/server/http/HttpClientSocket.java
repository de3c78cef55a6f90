package io.culvert.server.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Locale;

/** A connection on which HTTP is spoken by hand. What it waits for must come within 10 s. */
public final class HttpClientSocket implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;

  private final Socket socket;

  /** An answer; its head is in lower case. */
  public record Answer(int status, String head, String body) {}

  public HttpClientSocket(InetSocketAddress server) throws IOException {
    this(new Socket(server.getAddress(), server.getPort()));
  }

  /** Speaks over a connection that is there. */
  public HttpClientSocket(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
  }

  public void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(US_ASCII));
  }

  /** The next answer with the body that it announces. */
  public Answer read() throws IOException {
    Answer head = readHead();
    return new Answer(head.status(), head.head(), new String(read(length(head)), US_ASCII));
  }

  /** The next answer when it has no body, whatever it announces. */
  public Answer readHead() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (!bytes.toString(US_ASCII).endsWith("\r\n\r\n")) {
      bytes.writeBytes(read(1));
    }
    String head = bytes.toString(US_ASCII).toLowerCase(Locale.ROOT);
    return new Answer(Integer.parseInt(head.substring(9, 12)), head, "");
  }

  /** Whether nothing comes any more but the end. */
  public boolean isClosed() throws IOException {
    return socket.getInputStream().read() < 0;
  }

  private static int length(Answer head) {
    return head.head()
        .lines()
        .filter(line -> line.startsWith("content-length: "))
        .mapToInt(line -> Integer.parseInt(line.substring("content-length: ".length())))
        .findFirst()
        .orElseThrow();
  }

  private byte[] read(int count) throws IOException {
    byte[] bytes = socket.getInputStream().readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("closed after %d of %d bytes".formatted(bytes.length, count));
    }
    return bytes;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
