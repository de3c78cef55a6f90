package io.culvert.lab.flow;

import io.culvert.client.CulvertException;
import io.culvert.client.flow.FlowClient;
import io.culvert.client.flow.FlowConnection;
import io.culvert.client.flow.FlowListener;
import io.culvert.client.flow.FlowLogin;
import io.culvert.client.flow.IncomingCall;
import io.culvert.lab.Arrivals;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Somebody who is online, with all that happens to them. */
final class Person implements AutoCloseable, FlowListener {
  /** The protocol's. */
  private static final Duration RINGING = Duration.ofSeconds(40);

  /** What somebody does when it rings. */
  enum Manner {
    TAKES_CALLS,
    LETS_IT_RING,
    REFUSES
  }

  final Arrivals<IncomingCall> calls = new Arrivals<>("call");
  final Arrivals<FlowConnection> connections = new Arrivals<>("connection");
  final Arrivals<Throwable> failures = new Arrivals<>("failure");
  final Arrivals<CulvertException> offline = new Arrivals<>("loss of the server");
  final Arrivals<String> onlineAgain = new Arrivals<>("return");
  private final Manner manner;
  private final FlowClient client;

  private Person(FlowLogin login, Manner manner) throws Exception {
    this.manner = manner;
    this.client = FlowClient.online(login, this);
  }

  static Person online(FlowLogin login, Manner manner) throws Exception {
    return new Person(login, manner);
  }

  String account() {
    return client.account();
  }

  FlowConnection call(Person other) throws Exception {
    return call(other, RINGING);
  }

  FlowConnection call(Person other, Duration ringing) throws Exception {
    return client.call(other.account(), ringing);
  }

  CompletableFuture<FlowConnection> callAsync(Person other) {
    return client.callAsync(other.account(), RINGING);
  }

  void take(IncomingCall call) {
    call.accept()
        .whenComplete((connection, why) -> {
          if (why == null) {
            connections.add(connection);
          } else {
            failures.add(why);
          }
        });
  }

  @Override
  public void onCall(IncomingCall call) {
    calls.add(call);
    switch (manner) {
      case TAKES_CALLS -> take(call);
      case LETS_IT_RING -> {}
      case REFUSES -> call.refuse();
    }
  }

  @Override
  public void onOffline(CulvertException why) {
    offline.add(why);
  }

  @Override
  public void onOnlineAgain() {
    onlineAgain.add("online again");
  }

  @Override
  public void close() {
    client.close();
  }
}
