package io.culvert.wire.transport.udp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/**
 * Which of the kernel's messages about the network are news: rtnetlink(7), whose numbers are those
 * of this machine. A Wi-Fi card that looks around and a router that announces itself again make
 * messages all the time, though nothing is another than before. Not thread-safe.
 */
final class NetworkNews {
  private static final int NEW_LINK = 16;
  private static final int DELETED_LINK = 17;
  private static final int NEW_ADDRESS = 20;
  private static final int DELETED_ADDRESS = 21;
  private static final int NEW_ROUTE = 24;
  private static final int DELETED_ROUTE = 25;

  private static final int HEADER = 16;
  private static final int LINK_HEADER = 16;
  private static final int ADDRESS_HEADER = 8;
  private static final int ROUTE_HEADER = 12;
  private static final int ATTRIBUTE_HEADER = 4;

  private static final int IFF_UP = 0x1;
  private static final int IFF_RUNNING = 0x40;
  private static final int IFA_ADDRESS = 1;
  private static final int IFA_LOCAL = 2;
  private static final int TENTATIVE = 0x40;
  private static final int LINK_SCOPE = 253;
  private static final int BY_KERNEL = 2;

  /** Routes to less than half of all addresses come and go where there are routing daemons. */
  private static final int LONGEST_PREFIX = 1;

  private record Address(int link, ByteBuffer bytes) {}

  private final Map<Integer, Integer> links = new HashMap<>();
  private final Map<Address, Integer> addresses = new HashMap<>();

  /**
   * Takes in what has come.
   *
   * @param messages from its position to its limit, in the byte order of the machine
   * @return whether there is news among it; what is cut off is
   */
  boolean isIn(ByteBuffer messages) {
    ByteBuffer in = messages.slice().order(ByteOrder.nativeOrder());
    boolean isNews = false;
    int at = 0;
    while (at < in.limit()) {
      int length = in.limit() - at < HEADER ? 0 : in.getInt(at);
      if (length < HEADER || length > in.limit() - at) {
        return true;
      }
      int type = in.getShort(at + 4);
      isNews |= isNews(type, in.slice(at + HEADER, length - HEADER).order(in.order()));
      at += aligned(length);
    }
    return isNews;
  }

  private boolean isNews(int type, ByteBuffer body) {
    return switch (type) {
      case NEW_LINK -> body.limit() >= LINK_HEADER && isNewLink(body);
      case DELETED_LINK -> body.limit() >= LINK_HEADER && isLinkGone(body);
      case NEW_ADDRESS -> body.limit() >= ADDRESS_HEADER && isNewAddress(body);
      case DELETED_ADDRESS -> body.limit() >= ADDRESS_HEADER && isAddressGone(body);
      case NEW_ROUTE, DELETED_ROUTE -> body.limit() >= ROUTE_HEADER && leadsFar(body);
      default -> false;
    };
  }

  /** What has never been heard of may have been there, but in another state. */
  private boolean isNewLink(ByteBuffer link) {
    Integer state = link.getInt(8) & (IFF_UP | IFF_RUNNING);
    return !state.equals(links.put(link.getInt(4), state));
  }

  /** Bridges say the same of a port that leaves them: the link is still there then. */
  private boolean isLinkGone(ByteBuffer link) {
    links.remove(link.getInt(4));
    return true;
  }

  private boolean isNewAddress(ByteBuffer address) {
    if (isOfLink(address)) {
      return false;
    }
    Integer state = address.get(2) & TENTATIVE; // nobody can use it until it is seen to be free
    return !state.equals(addresses.put(address(address), state));
  }

  private boolean isAddressGone(ByteBuffer address) {
    addresses.remove(address(address));
    return !isOfLink(address);
  }

  private static boolean isOfLink(ByteBuffer address) {
    return Byte.toUnsignedInt(address.get(3)) == LINK_SCOPE;
  }

  /** The other end of a line is told beside ours, which then comes as the local one. */
  private static Address address(ByteBuffer message) {
    byte[] found = {};
    int at = ADDRESS_HEADER;
    while (message.limit() - at >= ATTRIBUTE_HEADER) {
      int length = Short.toUnsignedInt(message.getShort(at));
      int type = message.getShort(at + 2);
      if (length < ATTRIBUTE_HEADER || length > message.limit() - at) {
        break;
      }
      if (type == IFA_LOCAL || (type == IFA_ADDRESS && found.length == 0)) {
        found = new byte[length - ATTRIBUTE_HEADER];
        message.get(at + ATTRIBUTE_HEADER, found);
      }
      at += aligned(length);
    }
    return new Address(message.getInt(4), ByteBuffer.wrap(found));
  }

  /** Those that the kernel makes follow from links and addresses. */
  private static boolean leadsFar(ByteBuffer route) {
    return Byte.toUnsignedInt(route.get(1)) <= LONGEST_PREFIX
        && Byte.toUnsignedInt(route.get(5)) != BY_KERNEL;
  }

  private static int aligned(int length) {
    return (length + 3) & ~3;
  }
}
