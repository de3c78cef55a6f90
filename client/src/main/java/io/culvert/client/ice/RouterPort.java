package io.culvert.client.ice;

import io.culvert.client.net.ClientLoop;
import io.culvert.client.portmap.PortMapper;
import io.culvert.client.portmap.PortMapper.Ports;
import io.culvert.traversal.portmap.Finding;
import io.culvert.traversal.portmap.Mapping;
import io.culvert.wire.portmap.PortProtocol;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the router in front of us keeps open for a peer's port. Confined to the event loop of that,
 * but the router is asked on another one, so that what takes time there holds up no data.
 */
final class RouterPort {
  /** Who is told where peers reach us. */
  interface Observer {
    /** The router has opened this. */
    void opened(InetSocketAddress external);

    /** And has closed it, or is not there any more. */
    void closed(InetSocketAddress external);

    /** It says that it has begun anew. */
    void rebooted();
  }

  private final EventLoop loop;
  private final Observer observer;
  private final Set<InetSocketAddress> kept = new HashSet<>();
  private @Nullable ClientLoop asking;
  private volatile @Nullable PortMapper mapper;
  private volatile boolean closed;

  /** Nobody is asked yet. */
  RouterPort(EventLoop loop, Observer observer) {
    this.loop = loop;
    this.observer = observer;
  }

  /**
   * Asks, and again when it must be, until it is closed.
   *
   * @param asking lives on until what it has been given is given back
   */
  void begin(ClientLoop asking, Ports ports) {
    this.asking = asking;
    asking.execute(() -> {
      asking.linkOpened();
      mapper = PortMapper.open(asking, ports, Set.of(PortProtocol.UDP), new Mappings());
    });
  }

  /** From these addresses we are seen outside; all of them, whenever they change. */
  void seen(Set<InetAddress> addresses) {
    onMapper(mapper -> mapper.seen(addresses));
  }

  /** There may be another router, or this one may have another address. */
  void networkChanged() {
    onMapper(PortMapper::networkChanged);
  }

  /** Whether peers reach us there by the router's leave. */
  boolean keeps(InetSocketAddress external) {
    return kept.contains(external);
  }

  /** What has come of asking; empty when there is nobody to ask. */
  List<Finding> findings() {
    PortMapper current = mapper;
    return current == null ? List.of() : current.findings();
  }

  /**
   * Gives back what there is.
   *
   * @return completes when that is done, after two seconds at most, on any thread
   */
  CompletableFuture<Void> close() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    ClientLoop where = asking;
    closed = true;
    boolean isUnderWay =
        where != null
            && onMapper(mapper ->
                mapper
                    .close()
                    .thenRun(() -> {
                      where.linkClosed();
                      done.complete(null);
                    }));
    if (!isUnderWay) {
      done.complete(null);
    }
    return done;
  }

  private boolean onMapper(Consumer<PortMapper> task) {
    return asking != null
        && asking.execute(() -> {
          PortMapper current = mapper;
          if (current != null) {
            task.accept(current);
          }
        });
  }

  /** Told on the other loop. */
  private final class Mappings implements PortMapper.Observer {
    @Override
    public void opened(Mapping mapping) {
      tell(() -> {
        kept.add(mapping.external());
        observer.opened(mapping.external());
      });
    }

    @Override
    public void closed(Mapping mapping) {
      tell(() -> {
        kept.remove(mapping.external());
        observer.closed(mapping.external());
      });
    }

    @Override
    public void rebooted() {
      tell(observer::rebooted);
    }

    /** Afterwards nobody wants to know, and the loop may have ended. */
    private void tell(Runnable event) {
      if (!closed) {
        loop.execute(event);
      }
    }
  }
}
