package io.culvert.wire.ice;

import io.culvert.wire.MalformedMessageException;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An address at which a peer may be reached; the package's page shows its text.
 *
 * @param foundation the same for candidates that were found in the same way: 1 to 32 letters,
 *     digits, {@code +} and {@code /}
 * @param priority 1 to 2³¹ - 1; the higher the better
 * @param address resolved
 * @param related for candidates that are not of a host: what they have been derived from; only for
 *     diagnosis
 * @param tcp empty when it is one of UDP
 */
public record IceCandidate(
    String foundation,
    long priority,
    InetSocketAddress address,
    CandidateType type,
    Optional<InetSocketAddress> related,
    Optional<TcpType> tcp) {
  private static final Pattern FOUNDATION = Pattern.compile("[A-Za-z0-9+/]{1,32}");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");
  private static final String PREFIX = "candidate:";
  private static final int COMPONENT = 1;
  private static final int WORDS = 8;
  private static final int MAX_COMPONENT = 256;
  private static final int MAX_PORT = 0xffff;

  /**
   * RFC 6544 §4.5: an active candidate has no port of its own, and is written with that of discard.
   */
  private static final int NO_PORT = 9;

  public IceCandidate {
    if (!FOUNDATION.matcher(foundation).matches()) {
      throw new IllegalArgumentException("not a foundation: " + foundation);
    }
    if (priority < 1 || priority > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("a priority of " + priority);
    }
    if (address.isUnresolved()) {
      throw new IllegalArgumentException(address + " is not resolved");
    }
  }

  /** One of UDP. */
  public static IceCandidate udp(
      String foundation, long priority, InetSocketAddress address, CandidateType type) {
    return new IceCandidate(
        foundation, priority, address, type, Optional.empty(), Optional.empty());
  }

  /**
   * Reads a line, with or without {@code a=} before it.
   *
   * @return empty when it is one that is to be ignored: of another component, transport or type, or
   *     with a name instead of an address (RFC 8839 §5.1)
   * @throws MalformedMessageException when it is none
   */
  public static Optional<IceCandidate> parse(String line) throws MalformedMessageException {
    String[] words = withoutPrefix(line).split(" ", -1);
    if (words.length < WORDS || !words[6].equals("typ")) {
      throw new MalformedMessageException("no candidate line");
    }
    if (!FOUNDATION.matcher(words[0]).matches()) {
      throw new MalformedMessageException("no foundation");
    }
    long component = number(words[1], 1, MAX_COMPONENT);
    long priority = number(words[3], 1, Integer.MAX_VALUE);
    int port = (int) number(words[5], 0, MAX_PORT);
    Extensions extensions = Extensions.read(words);
    Optional<CandidateType> type =
        Arrays.stream(CandidateType.values())
            .filter(each -> each.text().equals(words[7]))
            .findFirst();
    boolean udp = words[2].equalsIgnoreCase("udp");
    boolean tcp = words[2].equalsIgnoreCase("tcp") && extensions.tcp().isPresent();
    Optional<InetAddress> address = address(words[4]);
    if (component != COMPONENT || type.isEmpty() || address.isEmpty() || !(udp || tcp)) {
      return Optional.empty();
    }
    return Optional.of(
        new IceCandidate(
            words[0],
            priority,
            new InetSocketAddress(address.get(), port),
            type.get(),
            extensions.related(),
            tcp ? extensions.tcp() : Optional.empty()));
  }

  private static String withoutPrefix(String line) throws MalformedMessageException {
    String text = line.startsWith("a=") ? line.substring(2) : line;
    if (!text.startsWith(PREFIX)) {
      throw new MalformedMessageException("no candidate line");
    }
    return text.substring(PREFIX.length());
  }

  private static long number(String word, long min, long max) throws MalformedMessageException {
    if (NUMBER.matcher(word).matches()) {
      long number = Long.parseLong(word);
      if (number >= min && number <= max) {
        return number;
      }
    }
    throw new MalformedMessageException("no number from " + min + " to " + max);
  }

  /** Empty when it is a name, which nobody here asks a name server for. */
  private static Optional<InetAddress> address(String word) {
    return Optional.ofNullable(NetUtil.createInetAddressFromIpAddressString(word));
  }

  /** What stands behind the type, in pairs of a name and a value. */
  private record Extensions(Optional<InetSocketAddress> related, Optional<TcpType> tcp) {
    static Extensions read(String[] words) throws MalformedMessageException {
      Optional<InetAddress> address = Optional.empty();
      Optional<Integer> port = Optional.empty();
      Optional<TcpType> tcp = Optional.empty();
      // A last name without a value is what Chromium's "ufrag" may leave; it says nothing.
      for (int i = WORDS; i + 1 < words.length; i += 2) {
        String value = words[i + 1];
        switch (words[i]) {
          case "raddr" -> address = address(value);
          case "rport" -> port = Optional.of((int) number(value, 0, MAX_PORT));
          case "tcptype" ->
              tcp = Arrays.stream(TcpType.values()).filter(t -> t.text().equals(value)).findFirst();
          default -> {} // RFC 8839 §5.1: what is not known is ignored
        }
      }
      int itsPort = port.orElse(0);
      return new Extensions(address.map(ip -> new InetSocketAddress(ip, itsPort)), tcp);
    }
  }

  /** The line, without {@code a=}. */
  public String toLine() {
    StringBuilder line = new StringBuilder(PREFIX);
    int port = tcp.filter(TcpType.ACTIVE::equals).isPresent() ? NO_PORT : address.getPort();
    line.append(foundation).append(' ').append(COMPONENT);
    line.append(tcp.isPresent() ? " TCP " : " UDP ").append(priority).append(' ');
    line.append(text(address)).append(' ').append(port).append(" typ ").append(type.text());
    related.ifPresent(
        to -> line.append(" raddr ").append(text(to)).append(" rport ").append(to.getPort()));
    tcp.ifPresent(how -> line.append(" tcptype ").append(how.text()));
    return line.toString();
  }

  private static String text(InetSocketAddress address) {
    return NetUtil.toAddressString(address.getAddress()).toLowerCase(Locale.ROOT);
  }
}
