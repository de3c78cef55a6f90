package io.culvert.client.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.client.CulvertException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A client that is online, and what has happened to it. */
final class Person implements FlowListener, AutoCloseable {
  private final BlockingQueue<IncomingCall> calls = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final FlowClient client;

  Person(FlowLogin login) throws Exception {
    client = FlowClient.online(login, this);
  }

  FlowClient client() {
    return client;
  }

  IncomingCall nextCall() throws InterruptedException {
    IncomingCall call = calls.poll(20, TimeUnit.SECONDS);
    assertThat(call).as("a call").isNotNull();
    return call;
  }

  /** "offline", "online again" or "ended: " and the reason. */
  String nextEvent() throws InterruptedException {
    String event = events.poll(20, TimeUnit.SECONDS);
    assertThat(event).as("an event").isNotNull();
    return event;
  }

  @Override
  public void onCall(IncomingCall call) {
    calls.add(call);
  }

  @Override
  public void onOnlineAgain() {
    events.add("online again");
  }

  @Override
  public void onOffline(CulvertException why) {
    events.add("offline");
  }

  @Override
  public void onEnded(CulvertException why) {
    events.add("ended: " + why.reason());
  }

  @Override
  public void close() {
    client.close();
  }
}
