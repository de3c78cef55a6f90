package io.culvert.lab.load;

import io.culvert.wire.stun.PasswordAlgorithm;
import io.culvert.wire.stun.StunKey;
import io.culvert.wire.transport.udp.Endpoint;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Whose credentials are used at which server; the key of its realm is made once. */
final class Account {
  private final InetSocketAddress server;
  private final Endpoint endpoint;
  private final String user;
  private final String password;
  private @Nullable String realm;
  private @Nullable StunKey key;

  Account(LoadOrder order) {
    server = order.server();
    endpoint = Endpoint.of(server);
    user = order.user();
    password = order.password();
  }

  InetSocketAddress server() {
    return server;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  String user() {
    return user;
  }

  StunKey key(String itsRealm) {
    StunKey itsKey = key;
    if (itsKey == null || !itsRealm.equals(realm)) {
      itsKey = StunKey.longTerm(PasswordAlgorithm.MD5, user, itsRealm, password);
      key = itsKey;
      realm = itsRealm;
    }
    return itsKey;
  }
}
