package io.culvert.server.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.stun.StunAttribute.ErrorCode;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TurnAttribute.ConnectionId;
import io.culvert.wire.stun.TurnAttribute.Lifetime;
import io.culvert.wire.stun.TurnAttribute.RequestedTransport;
import io.culvert.wire.stun.TurnAttribute.XorPeerAddress;
import io.culvert.wire.stun.TurnAttribute.XorRelayedAddress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What clients with TCP relays and their peers do, as bytes say; and what must come of it. */
final class TcpConversation implements AutoCloseable {
  private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
  private static final RequestedTransport TCP = new RequestedTransport(6);
  private static final String[] USERS = {"ann", "bob"};

  /** What buffers hold, so that whoever writes never waits for somebody to read. */
  private static final int MOST_WRITTEN = 48 << 10;

  /** Fewer than an allocation may have connections. */
  private static final int MOST_LINKS = 40;

  /** A client that may have an allocation. */
  private static final class Owner {
    private final TurnStream control;
    private final String user;
    private @Nullable InetSocketAddress relayed;
    private boolean permits;

    Owner(TurnStream control, String user) {
      this.control = control;
      this.user = user;
    }
  }

  /** One end of a connection through relays: a peer's, or that of a client, who has to bind it. */
  private static final class End {
    private final @Nullable Owner owner;
    private final @Nullable ConnectionId id;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private @Nullable Socket socket;
    private boolean finished;

    End(@Nullable Owner owner, @Nullable ConnectionId id, @Nullable Socket socket) {
      this.owner = owner;
      this.id = id;
      this.socket = socket;
    }
  }

  private static final class Link {
    private final End[] ends;

    /** Whether somebody has ended it in another way than by saying that he has said everything. */
    private boolean broken;

    Link(End one, End other) {
      ends = new End[] {one, other};
    }

    boolean isOf(Owner owner) {
      return ends[0].owner == owner || ends[1].owner == owner;
    }
  }

  private final InetSocketAddress server;
  private final byte[] choices;
  private final ServerSocket listener = new ServerSocket(0, MOST_LINKS, HERE);
  private final Owner[] owners = new Owner[3];
  private final List<Link> links = new ArrayList<>();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private int at;

  TcpConversation(InetSocketAddress server, byte[] choices) throws IOException {
    this.server = server;
    this.choices = choices;
    listener.setSoTimeout(10_000);
    for (int i = 0; i < owners.length; i++) {
      arrive(i);
    }
  }

  private void arrive(int i) throws IOException {
    String user = USERS[i % USERS.length];
    owners[i] = new Owner(stream(user), user);
  }

  private TurnStream stream(String user) throws IOException {
    TurnStream stream = new TurnStream(server, user);
    opened.add(stream);
    return stream;
  }

  private int choose(int count) {
    return at < choices.length ? (choices[at++] & 0xff) % count : 0;
  }

  /** An end of some link. */
  private record Pick(Link link, End end) {}

  private @Nullable Pick pick() {
    if (links.isEmpty()) {
      return null;
    }
    Link link = links.get(choose(links.size()));
    return new Pick(link, link.ends[choose(2)]);
  }

  void play() throws Exception {
    while (at < choices.length) {
      step();
    }
    for (Link link : links) {
      if (isWhole(link)) {
        everythingArrives(link);
      }
    }
    for (Owner owner : owners) {
      owner.control.close();
    }
    for (Link link : links) {
      if (!isWhole(link)) {
        nothingElseArrives(link);
      }
    }
  }

  private void step() throws IOException {
    Owner owner = owners[choose(owners.length)];
    switch (choose(16)) {
      case 0, 1 -> allocate(owner);
      case 2 -> permit(owner);
      case 3, 4 -> connect(owner);
      case 5 -> connectInVain(owner);
      case 6, 7 -> peerConnects(owner);
      case 8, 9, 10 -> bind();
      case 11, 12 -> write();
      case 13 -> finish();
      case 14 -> vanish();
      default -> leave(owner);
    }
  }

  private void allocate(Owner owner) throws IOException {
    StunMessage answer = owner.control.ask(StunMessage.ALLOCATE, TCP);
    assertThat(code(answer)).isEqualTo(owner.relayed == null ? 0 : 437);
    answer.first(XorRelayedAddress.class).ifPresent(given -> owner.relayed = given.address());
  }

  private void permit(Owner owner) throws IOException {
    int code = code(owner.control.ask(StunMessage.CREATE_PERMISSION, peer(0)));
    assertThat(code).isEqualTo(owner.relayed == null ? 437 : 0);
    owner.permits = code == 0;
  }

  /** With the peer that listens, or with the relay of another client. */
  private void connect(Owner owner) throws IOException {
    Owner other = owners[choose(owners.length)];
    boolean toRelay = choose(3) == 0 && other != owner && other.permits;
    InetSocketAddress relay = toRelay ? other.relayed : null;
    if (owner.relayed == null || links.size() == MOST_LINKS) {
      return;
    }
    XorPeerAddress peer = relay == null ? peer(listener.getLocalPort()) : new XorPeerAddress(relay);
    StunMessage answer = owner.control.ask(StunMessage.CONNECT, peer);
    if (code(answer) == 0) {
      End one = new End(owner, answer.first(ConnectionId.class).orElseThrow(), null);
      links.add(new Link(one, relay == null ? new End(null, null, accepted()) : attempted(other)));
    } else {
      // There is one already; or there was one, and the system still has the two addresses.
      assertThat(code(answer)).isIn(446, 447);
    }
  }

  private static XorPeerAddress peer(int port) {
    return new XorPeerAddress(new InetSocketAddress(HERE, port));
  }

  private Socket accepted() throws IOException {
    return opened(listener.accept());
  }

  private Socket opened(Socket socket) throws IOException {
    opened.add(socket);
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static End attempted(Owner owner) throws IOException {
    StunMessage attempt = owner.control.indication();
    assertThat(attempt.method()).isEqualTo(StunMessage.CONNECTION_ATTEMPT);
    return new End(owner, attempt.first(ConnectionId.class).orElseThrow(), null);
  }

  /** With the server itself, with a network that is forbidden, without saying with whom. */
  private void connectInVain(Owner owner) throws IOException {
    TurnStream control = owner.control;
    StunMessage answer =
        switch (choose(4)) {
          case 0 -> control.ask(StunMessage.CONNECT, peer(server.getPort()));
          case 1 -> control.ask(StunMessage.CONNECT, peer(0));
          case 2 ->
              control.ask(
                  StunMessage.CONNECT, new XorPeerAddress(new InetSocketAddress("10.0.0.1", 80)));
          default -> control.ask(StunMessage.CONNECT);
        };
    assertThat(code(answer)).isIn(owner.relayed == null ? List.of(437) : List.of(400, 403));
  }

  /** The server sends those away whom nobody has permitted. */
  private void peerConnects(Owner owner) throws IOException {
    if (owner.relayed == null || links.size() == MOST_LINKS) {
      return;
    }
    Socket peer = opened(new Socket(HERE, owner.relayed.getPort()));
    if (owner.permits) {
      links.add(new Link(attempted(owner), new End(null, null, peer)));
    } else {
      assertThat(rest(peer)).isEmpty();
    }
  }

  /** By its owner or by somebody else, for the first time or not, or with a number of nobody. */
  private void bind() throws IOException {
    Pick pick = pick();
    End end = pick == null ? null : pick.end();
    if (pick == null || end == null || end.id == null || end.owner == null) {
      ConnectionId none = new ConnectionId(choose(256));
      assertThat(code(stream(USERS[0]).ask(StunMessage.CONNECTION_BIND, none))).isEqualTo(400);
      return;
    }
    boolean asOwner = choose(4) > 0;
    String user = asOwner ? end.owner.user : "mallory";
    TurnStream data = stream(user);
    int code = code(data.ask(StunMessage.CONNECTION_BIND, end.id));
    if (!asOwner || end.socket != null) {
      assertThat(code).isEqualTo(400);
    } else if (pick.link().broken) {
      assertThat(code).isIn(0, 400); // it may have heard of it or not
    } else {
      assertThat(code).isZero();
    }
    if (code == 0) {
      end.socket = data.socket();
    }
  }

  private void write() throws IOException {
    Pick pick = pick();
    int size = 1 + 64 * choose(256);
    if (pick == null || pick.end().finished) {
      return;
    }
    End end = pick.end();
    Socket socket = pick.end().socket;
    if (socket == null || socket.isClosed() || end.written.size() + size > MOST_WRITTEN) {
      return;
    }
    int own = 61 * (2 * links.indexOf(pick.link()) + (end == pick.link().ends[0] ? 0 : 1));
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) ((((end.written.size() + i) * 31) >> 3) + own);
    }
    try {
      socket.getOutputStream().write(bytes);
      end.written.writeBytes(bytes);
    } catch (SocketException e) {
      assertThat(pick.link().broken).as("%s", e).isTrue();
    }
  }

  /** One end says that it has said everything. */
  private void finish() throws IOException {
    Pick pick = pick();
    if (pick != null && !pick.link().broken) {
      finish(pick.end());
    }
  }

  private static void finish(End end) throws IOException {
    if (end.socket != null && !end.finished) {
      end.finished = true;
      end.socket.shutdownOutput();
    }
  }

  /** One end is gone, with a reset or without. */
  private void vanish() throws IOException {
    Pick pick = pick();
    boolean reset = choose(2) == 1;
    Socket socket = pick == null ? null : pick.end().socket;
    if (pick != null && socket != null && !socket.isClosed()) {
      pick.link().broken = true;
      socket.setSoLinger(reset, 0);
      socket.close();
    }
  }

  /** An allocation is given back, or its client's connection ends. */
  private void leave(Owner owner) throws IOException {
    links.stream().filter(link -> link.isOf(owner)).forEach(link -> link.broken = true);
    if (choose(2) == 0) {
      int code = code(owner.control.ask(StunMessage.REFRESH, new Lifetime(0)));
      assertThat(code).isEqualTo(owner.relayed == null ? 437 : 0);
      owner.relayed = null;
      owner.permits = false;
    } else {
      owner.control.close();
      for (int i = 0; i < owners.length; i++) {
        if (owners[i] == owner) {
          arrive(i);
        }
      }
    }
  }

  private static boolean isWhole(Link link) {
    return !link.broken && link.ends[0].socket != null && link.ends[1].socket != null;
  }

  private static void everythingArrives(Link link) throws IOException {
    finish(link.ends[0]);
    finish(link.ends[1]);
    for (int i = 0; i < 2; i++) {
      assertThat(rest(link.ends[i].socket)).isEqualTo(link.ends[1 - i].written.toByteArray());
    }
  }

  private static void nothingElseArrives(Link link) throws IOException {
    for (int i = 0; i < 2; i++) {
      Socket socket = link.ends[i].socket;
      if (socket != null && !socket.isClosed()) {
        byte[] sent = link.ends[1 - i].written.toByteArray();
        byte[] arrived = rest(socket);
        assertThat(arrived.length).isLessThanOrEqualTo(sent.length);
        assertThat(arrived).isEqualTo(Arrays.copyOf(sent, arrived.length));
      }
    }
  }

  /** What comes until the end. */
  private static byte[] rest(@Nullable Socket socket) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] buffer = new byte[4096];
    try {
      for (int n = read(socket, buffer); n >= 0; n = read(socket, buffer)) {
        all.write(buffer, 0, n);
      }
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("reset");
    }
    return all.toByteArray();
  }

  private static int read(@Nullable Socket socket, byte[] buffer) throws IOException {
    return socket == null ? -1 : socket.getInputStream().read(buffer);
  }

  private static int code(StunMessage answer) {
    return answer.first(ErrorCode.class).map(ErrorCode::code).orElse(0);
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
    listener.close();
  }
}
