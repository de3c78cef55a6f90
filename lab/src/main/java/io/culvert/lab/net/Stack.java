package io.culvert.lab.net;

/** Which versions of IP a machine has addresses of. */
public enum Stack {
  IPV4,
  IPV6,
  DUAL;

  boolean hasIpv4() {
    return this != IPV6;
  }

  boolean hasIpv6() {
    return this != IPV4;
  }
}
