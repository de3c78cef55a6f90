package io.culvert.client.portmap;

import io.culvert.traversal.portmap.Gateway;
import io.culvert.traversal.portmap.PortMapping.Event;
import io.culvert.wire.portmap.PortProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * UPnP IGD with one router, one thing after the other on a thread of its own, which is there only
 * while there is something to do. It is a platform thread because its sockets are to be in the
 * network of whoever starts it, and virtual threads belong to the network of their carriers.
 *
 * <p>Every order is followed by one event, on that thread.
 */
final class Upnp implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Upnp.class);

  /** When others have the port that we would like. */
  private static final int ATTEMPTS = 4;

  private static final Duration FOR_EVER = Duration.ZERO;

  /** What is done on the thread. */
  @FunctionalInterface
  private interface Order {
    Event run() throws IOException, UpnpException, InterruptedException;
  }

  private final Gateway gateway;
  private final int port;
  private final Consumer<Event> events;
  private final ThreadPoolExecutor thread =
      new ThreadPoolExecutor(
          1,
          1,
          1,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          Thread.ofPlatform().daemon().name("culvert-upnp").factory());
  private volatile @Nullable UpnpHttp http;
  private @Nullable UpnpRouter router;

  Upnp(Gateway gateway, int port, Consumer<Event> events) {
    this.gateway = gateway;
    this.port = port;
    this.events = events;
    thread.allowCoreThreadTimeOut(true);
  }

  /** Looks for the router's UPnP. */
  void find() {
    execute(this::search, Event.UpnpMissing::new);
  }

  /** Makes a mapping, or renews it. */
  void map(PortProtocol protocol, int suggestedPort, Duration lifetime) {
    execute(
        () -> add(found(), protocol, suggestedPort, lifetime),
        why -> new Event.UpnpRefused(protocol, why));
  }

  /** Removes a mapping. */
  void unmap(PortProtocol protocol, int externalPort) {
    execute(
        () -> {
          found().delete(protocol, externalPort);
          return new Event.UpnpUnmapped(protocol);
        },
        why -> new Event.UpnpUnmapped(protocol));
  }

  /** Gives up what is not done yet. Any thread may call this. */
  @Override
  public void close() {
    thread.shutdownNow();
    closeHttp();
  }

  private void execute(Order order, Function<String, Event> failed) {
    try {
      thread.execute(() -> events.accept(run(order, failed)));
    } catch (RejectedExecutionException e) {
      log.debug("UPnP is closed already");
    }
  }

  private Event run(Order order, Function<String, Event> failed) {
    try {
      return order.run();
    } catch (UpnpException e) {
      return failed.apply(e.sentence());
    } catch (IOException e) {
      log.debug("UPnP with {}", gateway.address(), e);
      return failed.apply("The router does not answer to UPnP.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed.apply("UPnP was given up.");
    } catch (RuntimeException e) {
      log.error("UPnP with {} has gone wrong", gateway.address(), e);
      return failed.apply("UPnP has gone wrong.");
    }
  }

  private Event search() throws IOException, UpnpException, InterruptedException {
    router = null;
    Optional<URI> description = UpnpSearch.run(gateway);
    if (description.isEmpty()) {
      return new Event.UpnpMissing("The router does not answer to UPnP.");
    }
    UpnpHttp web = http == null ? new UpnpHttp(gateway) : http;
    http = web;
    if (thread.isShutdown()) {
      closeHttp(); // which came too early for it
    }
    router = UpnpRouter.at(description.get(), gateway, web);
    return new Event.UpnpFound();
  }

  private UpnpRouter found() throws UpnpException {
    if (router == null) {
      throw new UpnpException("The router does not answer to UPnP.");
    }
    return router;
  }

  private Event add(UpnpRouter router, PortProtocol protocol, int suggestedPort, Duration wanted)
      throws IOException, UpnpException, InterruptedException {
    int external = suggestedPort;
    Duration lifetime = wanted;
    for (int attempt = 1; ; attempt++) {
      try {
        router.add(protocol, external, port, lifetime);
        return mapped(router, protocol, external, lifetime);
      } catch (UpnpException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        switch (e.code()) {
          case UpnpRouter.CONFLICT -> external = ThreadLocalRandom.current().nextInt(1024, 65_536);
          case UpnpRouter.ONLY_FOR_EVER -> lifetime = FOR_EVER;
          default -> throw e;
        }
      }
    }
  }

  private static Event mapped(
      UpnpRouter router, PortProtocol protocol, int external, Duration lifetime)
      throws IOException, UpnpException, InterruptedException {
    InetAddress address =
        router
            .externalAddress()
            .orElseThrow(() -> new UpnpException("The router has no address outside."));
    return new Event.UpnpMapped(protocol, new InetSocketAddress(address, external), lifetime);
  }

  private void closeHttp() {
    UpnpHttp open = http;
    if (open != null) {
      open.close();
    }
  }
}
