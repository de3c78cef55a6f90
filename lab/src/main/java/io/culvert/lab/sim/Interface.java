package io.culvert.lab.sim;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** Where a host or router is connected to a network. Not thread-safe. */
public final class Interface {
  private final Network network;
  private final Link link;
  private List<InetAddress> addresses;

  Interface(
      World world,
      Node owner,
      String name,
      Network network,
      List<InetAddress> addresses,
      Quality up,
      Quality down) {
    this.network = network;
    this.addresses = List.copyOf(addresses);
    this.link =
        new Link(
            new Line(world, name + " up", up, packet -> network.carry(packet, this)),
            new Line(
                world,
                name + " down",
                down,
                packet -> {
                  world.trace().arrived(name, packet);
                  owner.receive(packet, this);
                }));
    network.add(this);
  }

  public Network network() {
    return network;
  }

  /** Its cable: to cut it, or make it worse. */
  public Link link() {
    return link;
  }

  public List<InetAddress> addresses() {
    return addresses;
  }

  /** Its first address of that family, if it has one. */
  public Optional<InetAddress> address(boolean ipv4) {
    return addresses.stream()
        .filter(address -> address instanceof Inet4Address == ipv4)
        .findFirst();
  }

  /** Gives it other addresses of the same network, as when a lease ends. */
  public void renumber() {
    network.remove(this);
    addresses = addresses.stream().map(network::takeLike).toList();
    network.add(this);
  }

  void send(Packet packet) {
    link.sendUp(packet);
  }

  /** From its network. */
  void deliver(Packet packet) {
    link.sendDown(packet);
  }
}
