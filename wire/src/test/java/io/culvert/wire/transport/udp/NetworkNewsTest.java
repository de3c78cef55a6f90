package io.culvert.wire.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NetworkNewsTest {
  private static final int NEW_LINK = 16;
  private static final int DELETED_LINK = 17;
  private static final int NEW_ADDRESS = 20;
  private static final int DELETED_ADDRESS = 21;
  private static final int NEW_ROUTE = 24;
  private static final int DELETED_ROUTE = 25;

  private static final int DOWN = 0;
  private static final int UP = 0x1;
  private static final int RUNNING = 0x41;
  private static final int TENTATIVE = 0x40;
  private static final int GLOBAL = 0;
  private static final int OF_LINK = 253;
  private static final int BY_KERNEL = 2;
  private static final int BY_DHCP = 16;

  private final NetworkNews news = new NetworkNews();

  @Test
  void aLinkIsNewsWhenItsStateIsAnother() {
    assertThat(isNews(link(NEW_LINK, 2, RUNNING))).as("never heard of").isTrue();
    assertThat(isNews(link(NEW_LINK, 2, RUNNING))).as("a scan of a Wi-Fi card").isFalse();
    assertThat(isNews(link(NEW_LINK, 2, UP))).as("the cable is pulled").isTrue();
    assertThat(isNews(link(NEW_LINK, 2, RUNNING))).isTrue();
    assertThat(isNews(link(NEW_LINK, 3, DOWN))).isTrue();
    assertThat(isNews(link(NEW_LINK, 3, DOWN))).isFalse();
    assertThat(isNews(link(DELETED_LINK, 2, RUNNING))).isTrue();
  }

  @Test
  void anAddressIsNewsWhenItComesOrGoesOrCanBeUsed() {
    byte[] address = {(byte) 203, 0, 113, 7};
    assertThat(isNews(address(NEW_ADDRESS, 2, TENTATIVE, GLOBAL, address))).isTrue();
    assertThat(isNews(address(NEW_ADDRESS, 2, 0, GLOBAL, address))).as("seen to be free").isTrue();
    assertThat(isNews(address(NEW_ADDRESS, 2, 0, GLOBAL, address))).as("for longer").isFalse();
    assertThat(isNews(address(NEW_ADDRESS, 3, 0, GLOBAL, address))).as("elsewhere").isTrue();
    assertThat(isNews(address(DELETED_ADDRESS, 2, 0, GLOBAL, address))).isTrue();
    assertThat(isNews(address(NEW_ADDRESS, 2, 0, GLOBAL, address))).isTrue();
  }

  @Test
  void addressesThatLeadNowhereAreNoNews() {
    byte[] address = new byte[16];
    assertThat(isNews(address(NEW_ADDRESS, 2, 0, OF_LINK, address))).isFalse();
    assertThat(isNews(address(DELETED_ADDRESS, 2, 0, OF_LINK, address))).isFalse();
  }

  @Test
  void routesAreNewsThatLeadToTheInternet() {
    assertThat(isNews(route(NEW_ROUTE, 0, BY_DHCP))).isTrue();
    assertThat(isNews(route(NEW_ROUTE, 1, BY_DHCP))).as("half of it, by a VPN").isTrue();
    assertThat(isNews(route(DELETED_ROUTE, 0, BY_DHCP))).isTrue();
    assertThat(isNews(route(NEW_ROUTE, 24, BY_DHCP))).isFalse();
    assertThat(isNews(route(NEW_ROUTE, 0, BY_KERNEL))).isFalse();
  }

  @Test
  void oneOfSeveralMessagesIsEnough() {
    byte[] old = link(NEW_LINK, 2, RUNNING);
    isNews(old);
    assertThat(isNews(old, route(NEW_ROUTE, 0, BY_DHCP))).isTrue();
    assertThat(isNews(route(NEW_ROUTE, 0, BY_DHCP), old)).isTrue();
    assertThat(isNews(old, old)).isFalse();
  }

  @Test
  void whatIsCutOffMayHaveBeenNews() {
    byte[] message = link(NEW_LINK, 2, RUNNING);
    isNews(message);
    for (int length = 1; length < message.length; length++) {
      assertThat(news.isIn(ByteBuffer.wrap(message, 0, length))).isTrue();
    }
    assertThat(isNews(link(NEW_LINK, 2, RUNNING))).isFalse();
  }

  @Test
  void nothingThatComesBreaksIt() {
    Random random = new Random(1);
    for (int i = 0; i < 100_000; i++) {
      byte[] body = new byte[random.nextInt(60)];
      random.nextBytes(body);
      news.isIn(ByteBuffer.wrap(message(NEW_LINK + random.nextInt(10), body)));
      news.isIn(ByteBuffer.wrap(body));
    }
    isNews(link(NEW_LINK, 2, RUNNING));
    assertThat(isNews(link(NEW_LINK, 2, RUNNING))).isFalse();
  }

  private boolean isNews(byte[]... messages) {
    int length = 0;
    for (byte[] message : messages) {
      length += message.length;
    }
    ByteBuffer all = ByteBuffer.allocate(length);
    for (byte[] message : messages) {
      all.put(message);
    }
    return news.isIn(all.flip());
  }

  private static byte[] link(int type, int index, int flags) {
    return message(type, buffer(16).putInt(4, index).putInt(8, flags).array());
  }

  private static byte[] address(int type, int index, int flags, int scope, byte[] address) {
    byte[] body = new byte[8 + 4 + address.length];
    ByteBuffer.wrap(body)
        .order(ByteOrder.nativeOrder())
        .put(2, (byte) flags)
        .put(3, (byte) scope)
        .putInt(4, index)
        .putShort(8, (short) (4 + address.length))
        .putShort(10, (short) 1)
        .put(12, address);
    return message(type, body);
  }

  private static byte[] route(int type, int prefix, int protocol) {
    return message(type, buffer(12).put(1, (byte) prefix).put(5, (byte) protocol).array());
  }

  private static byte[] message(int type, byte[] body) {
    int padding = -body.length & 3;
    return buffer(16 + body.length + padding)
        .putInt(0, 16 + body.length)
        .putShort(4, (short) type)
        .put(16, body)
        .array();
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
  }
}
