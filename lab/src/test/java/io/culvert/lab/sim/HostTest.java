package io.culvert.lab.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HostTest {
  private final World world = new World(9);
  private final Mailbox server = Mailbox.at(world, world.host("server"));
  private final Router wifi = world.router("wifi", NatBehavior.PORT_RESTRICTED);
  private final Router mobile = world.router("mobile", NatBehavior.SYMMETRIC);
  private final Host host = wifi.host("phone");
  private final Mailbox phone = Mailbox.at(world, host);

  @Test
  void aSocketSurvivesItsHostsMoveToAnotherNetwork() {
    assertThat(phone.mappingTowards(server).getAddress()).isEqualTo(wifi.addresses().getFirst());
    host.leave(host.interfaces().getFirst());
    assertThat(phone.socket().send(new byte[1], server.address())).isFalse();
    world.runFor(Duration.ofSeconds(2));
    host.join(mobile.lan(), Quality.delayMillis(30));
    assertThat(phone.mappingTowards(server).getAddress()).isEqualTo(mobile.addresses().getFirst());
  }

  @Test
  void theFirstInterfaceThatLeadsOutIsUsed() {
    Interface second = host.join(mobile.lan(), Quality.PERFECT);
    assertThat(phone.mappingTowards(server).getAddress()).isEqualTo(wifi.addresses().getFirst());
    host.prefer(second);
    assertThat(phone.mappingTowards(server).getAddress()).isEqualTo(mobile.addresses().getFirst());
  }

  @Test
  void whatIsOnANetworkIsReachedThroughThatNetwork() {
    host.join(mobile.lan(), Quality.PERFECT);
    Mailbox neighbour = Mailbox.at(world, mobile.host("neighbour"));
    phone.send("hello", neighbour.address());
    assertThat(neighbour.texts()).containsExactly("hello");
  }

  @Test
  void interfacesThatLeadNowhereChangeNothing() {
    for (int i = 0; i < 16; i++) {
      Lan junk = world.deadEnd("docker" + i, "172." + (17 + i) + ".0.0/16");
      host.prefer(host.join(junk, Quality.PERFECT));
    }
    assertThat(host.addresses()).hasSize(17);
    assertThat(phone.mappingTowards(server).getAddress()).isEqualTo(wifi.addresses().getFirst());
    phone.send("into the void", new InetSocketAddress(InetAddress.ofLiteral("172.17.0.9"), 9));
    assertThat(phone.errors()).isEmpty();
  }

  @Test
  void aHostReachesItself() {
    phone.send("to myself", phone.address());
    assertThat(phone.letters()).containsExactly(new Mailbox.Letter("to myself", phone.address()));
  }

  @Test
  void anAddressMayChange() {
    InetSocketAddress before = phone.address();
    Mailbox neighbour = Mailbox.at(world, wifi.host("neighbour"));
    host.interfaces().getFirst().renumber();
    assertThat(phone.address().getAddress()).isNotEqualTo(before.getAddress());
    neighbour.send("to the old address", before);
    neighbour.send("to the new address", phone.address());
    assertThat(phone.texts()).containsExactly("to the new address");
  }

  @Test
  void aSocketOfOneAddressSendsFromThatAddress() {
    Interface second = host.join(mobile.lan(), Quality.PERFECT);
    Mailbox bound = new Mailbox(world, host.bind(second.addresses().getFirst(), 5000));
    assertThat(bound.mappingTowards(server).getAddress()).isEqualTo(mobile.addresses().getFirst());
    host.leave(second);
    assertThat(bound.socket().send(new byte[1], server.address())).isFalse();
  }

  @Test
  void aSocketOfOneAddressGoesBeforeOneOfAll() {
    Mailbox all = Mailbox.at(world, host, 5000);
    Mailbox bound = new Mailbox(world, host.bind(phone.address().getAddress(), 5000));
    phone.send("hello", new InetSocketAddress(phone.address().getAddress(), 5000));
    assertThat(bound.texts()).containsExactly("hello");
    assertThat(all.texts()).isEmpty();
  }

  @Test
  void aFirewallLetsInOnlyWhoWasSentTo() {
    Mailbox neighbour = Mailbox.at(world, wifi.host("neighbour"));
    host.turnOnFirewall();
    neighbour.send("unsolicited", phone.address());
    assertThat(phone.texts()).isEmpty();
    assertThat(neighbour.errors()).isEmpty();
    phone.send("hello", neighbour.address());
    neighbour.send("answer", phone.address());
    assertThat(phone.texts()).containsExactly("answer");
  }

  @Test
  void aPortIsTakenOnce() {
    host.bind(5000);
    assertThatThrownBy(() -> host.bind(5000)).hasMessageContaining("choose another one");
  }

  @Test
  void whatIsChangedAfterSendingIsNotChangedOnTheWay() {
    byte[] payload = {'a'};
    phone.socket().send(payload, server.address());
    payload[0] = 'b';
    assertThat(server.texts()).containsExactly("a");
  }

  @Test
  void withoutIpv6ThereIsNoWayToAnIpv6Address() {
    assertThat(phone.socket().send(new byte[1], StunServer.address(server.socket(), false)))
        .isFalse();
  }
}
