package io.culvert.lab.tag;

import io.culvert.client.CulvertException;
import io.culvert.client.tag.TagClient;
import io.culvert.client.tag.TagConnection;
import io.culvert.client.tag.TagListener;
import io.culvert.lab.Arrivals;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/** A client that is registered, with all that happens to it. */
final class Guest implements AutoCloseable, TagListener {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  final Arrivals<InetSocketAddress> calls = new Arrivals<>("call");
  final Arrivals<TagConnection> connections = new Arrivals<>("connection");
  final Arrivals<CulvertException> failures = new Arrivals<>("failure");
  final Arrivals<String> newTags = new Arrivals<>("other registration");
  private final Optional<String> refusal;
  private final TagClient client;

  private Guest(InetSocketAddress server, Optional<String> refusal) throws Exception {
    this.refusal = refusal;
    this.client = TagClient.register(server, Optional.empty(), this);
  }

  /** A client that takes every call. */
  static Guest registered(InetSocketAddress server) throws Exception {
    return new Guest(server, Optional.empty());
  }

  /** A client that takes none, and says why. */
  static Guest refusing(InetSocketAddress server, String reason) throws Exception {
    return new Guest(server, Optional.of(reason));
  }

  TagClient client() {
    return client;
  }

  String tag() {
    return client.tag();
  }

  TagConnection dial(String tag) throws Exception {
    return client.dial(tag, PATIENCE);
  }

  @Override
  public Optional<String> refusal(InetSocketAddress caller) {
    calls.add(caller);
    return refusal;
  }

  @Override
  public void onConnection(TagConnection connection) {
    connections.add(connection);
  }

  @Override
  public void onFailure(InetSocketAddress caller, CulvertException why) {
    failures.add(why);
  }

  @Override
  public void onRegisteredAgain(String tag) {
    newTags.add(tag);
  }

  @Override
  public void close() {
    client.close();
  }
}
