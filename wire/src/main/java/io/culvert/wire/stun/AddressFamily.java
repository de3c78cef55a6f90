package io.culvert.wire.stun;

/** The numbers of address families in attributes, RFC 8489 §14.1 and RFC 8656 §18.6. */
public final class AddressFamily {
  public static final int IPV4 = 1;
  public static final int IPV6 = 2;

  private AddressFamily() {}
}
