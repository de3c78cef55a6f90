package io.culvert.client.portmap;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.culvert.traversal.portmap.Gateway;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.portmap.PortmapCodec;
import io.culvert.wire.portmap.PortmapMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A router on an address of loopback of its own, so that several builds get along. */
final class FakeRouter implements AutoCloseable {
  static final InetAddress CLIENT = InetAddress.ofLiteral("127.0.0.1");

  private static final int SSDP_PORT = 1900;

  /** What it answers to an order: the texts of its answer, or an error of UPnP. */
  record SoapAnswer(int error, String texts) {
    static SoapAnswer of(String texts) {
      return new SoapAnswer(0, texts);
    }

    static SoapAnswer error(int code) {
      return new SoapAnswer(code, "");
    }
  }

  final InetAddress address;
  final List<PortmapMessage> asked = new CopyOnWriteArrayList<>();
  final List<String> ordered = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();

  FakeRouter() throws IOException {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    address =
        InetAddress.getByAddress(
            new byte[] {
              127,
              (byte) random.nextInt(1, 255),
              (byte) random.nextInt(1, 255),
              (byte) random.nextInt(1, 255)
            });
  }

  Gateway gateway() {
    return new Gateway(address, CLIENT);
  }

  /** Speaks PCP and NAT-PMP from now on, or is deaf where there is no answer. */
  FakeRouter answers(Function<PortmapMessage, @Nullable PortmapMessage> answers)
      throws IOException {
    listen(
        PortmapMessage.SERVER_PORT,
        question -> {
          PortmapMessage message = decode(question);
          asked.add(message);
          PortmapMessage answer = answers.apply(message);
          if (answer == null) {
            return null;
          }
          ByteBuf out = Unpooled.buffer();
          PortmapCodec.encode(answer, out);
          return ByteBufUtil.getBytes(out);
        });
    return this;
  }

  private static PortmapMessage decode(byte[] question) {
    try {
      return PortmapCodec.decode(Unpooled.wrappedBuffer(question));
    } catch (MalformedMessageException e) {
      throw new AssertionError(e);
    }
  }

  /** Speaks UPnP from now on, with that description; %s in it is where its orders go. */
  FakeRouter hasUpnp(String description, Function<String, SoapAnswer> orders) throws IOException {
    HttpServer http = HttpServer.create(new InetSocketAddress(address, 0), 5);
    String base = "http://%s:%d".formatted(address.getHostAddress(), http.getAddress().getPort());
    http.createContext("/root.xml", exchange -> answer(exchange, 200, description.formatted(base)));
    http.createContext(
        "/elsewhere",
        exchange -> {
          ordered.add("elsewhere");
          answer(exchange, 200, "<a/>");
        });
    http.createContext(
        "/ctl",
        exchange -> {
          String action = exchange.getRequestHeaders().getFirst("SOAPAction");
          String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
          String name = action.substring(action.indexOf('#') + 1).replace("\"", "");
          ordered.add(name + " " + arguments(body));
          SoapAnswer answer = orders.apply(name);
          answer(
              exchange,
              answer.error() == 0 ? 200 : 500,
              answer.error() == 0
                  ? "<Envelope><Body>%s</Body></Envelope>".formatted(answer.texts())
                  : "<E><errorCode>%d</errorCode></E>".formatted(answer.error()));
        });
    http.start();
    open.add(() -> http.stop(0));
    listen(
        SSDP_PORT,
        _ ->
            "HTTP/1.1 200 OK\r\nST: x\r\nLOCATION: %s/root.xml\r\n\r\n"
                .formatted(base)
                .getBytes(UTF_8));
    return this;
  }

  private static String arguments(String body) {
    return body.replaceAll("(?s).*<u:\\w+ [^>]*>(.*)</u:.*", "$1")
        .replaceAll("(<[^>]*>)+", " ")
        .trim();
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private void listen(int port, Function<byte[], byte @Nullable []> answers) throws IOException {
    DatagramSocket socket = new DatagramSocket(new InetSocketAddress(address, port));
    open.add(socket);
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            while (true) {
              DatagramPacket packet = new DatagramPacket(new byte[1500], 1500);
              socket.receive(packet);
              byte[] question = Arrays.copyOf(packet.getData(), packet.getLength());
              byte[] answer = answers.apply(question);
              if (answer != null) {
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
              }
            }
          } catch (IOException e) {
            // Closed: the test is over.
          }
        });
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
  }
}
