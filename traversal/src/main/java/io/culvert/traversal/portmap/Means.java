package io.culvert.traversal.portmap;

/** How a router is asked; what stands first is preferred. */
public enum Means {
  PCP("PCP"),
  NAT_PMP("NAT-PMP"),
  UPNP("UPnP");

  private final String label;

  Means(String label) {
    this.label = label;
  }

  /** Its name for people. */
  @Override
  public String toString() {
    return label;
  }
}
