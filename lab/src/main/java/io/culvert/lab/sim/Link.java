package io.culvert.lab.sim;

/** The cable of an interface: up to its network, and down from it. Not thread-safe. */
public final class Link {
  private final Line up;
  private final Line down;

  Link(Line up, Line down) {
    this.up = up;
    this.down = down;
  }

  /** From now on nothing arrives, not even what is under way. The interface does not notice. */
  public void cut() {
    cutUp();
    cutDown();
  }

  /** From now on nothing of what the interface sends arrives. */
  public void cutUp() {
    up.cut();
  }

  /** From now on nothing arrives at the interface. */
  public void cutDown() {
    down.cut();
  }

  /** Everything arrives again. */
  public void restore() {
    up.restore();
    down.restore();
  }

  /** Changes both directions, for what is sent from now on. */
  public void quality(Quality quality) {
    quality(quality, quality);
  }

  /** Changes each direction, for what is sent from now on. */
  public void quality(Quality upwards, Quality downwards) {
    up.quality(upwards);
    down.quality(downwards);
  }

  /** Of the direction from the interface to its network. */
  public Quality up() {
    return up.quality();
  }

  /** Of the direction from the network to the interface. */
  public Quality down() {
    return down.quality();
  }

  void sendUp(Packet packet) {
    up.send(packet);
  }

  void sendDown(Packet packet) {
    down.send(packet);
  }
}
