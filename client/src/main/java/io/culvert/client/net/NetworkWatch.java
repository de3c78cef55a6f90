package io.culvert.client.net;

import io.culvert.traversal.SleepWatch;
import io.culvert.wire.transport.MonotonicTime;
import io.culvert.wire.transport.udp.NetworkEvents;
import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that the network is another one than before, and that we have slept: where we are may not
 * be what is known of it any more. Linux says so at once, elsewhere one has to look. Confined to
 * the event loop.
 */
public final class NetworkWatch {
  /** How often to look where nobody says. */
  private static final Duration LOOK = Duration.ofSeconds(2);

  private static final Logger log = LoggerFactory.getLogger(NetworkWatch.class);

  /** Who is told. */
  public interface Observer {
    /** Interfaces, addresses or routes are other ones. */
    void networkChanged();

    /** Nothing has been done here for so long, and others may have forgotten us. */
    void slept(Duration time);
  }

  private record Interface(String name, Set<InetAddress> addresses) {}

  private final IoEventLoop loop;
  private final Observer observer;
  private final InstantSource time = new MonotonicTime();
  private final SleepWatch sleep;
  private final Settling settling = new Settling();
  private final Alarm alarm;
  private Set<Interface> known = Set.of();
  private @Nullable NetworkEvents events;
  private @Nullable Future<?> looking;
  private @Nullable Future<?> watching;

  private NetworkWatch(IoEventLoop loop, Observer observer) {
    this.loop = loop;
    this.observer = observer;
    this.sleep = new SleepWatch(time.instant(), Instant.now());
    this.alarm = new Alarm(loop, time, this::settled);
  }

  /** Watches from now on. */
  public static NetworkWatch open(IoEventLoop loop, Observer observer) {
    NetworkWatch watch = new NetworkWatch(loop, observer);
    watch.begin();
    return watch;
  }

  private void begin() {
    try {
      events = NetworkEvents.open(loop, this::stirred);
    } catch (IOException e) {
      log.debug("Nobody says when the network changes: {}", e.getMessage());
      known = interfaces();
      looking = repeat(LOOK, this::look);
    }
    watching = repeat(SleepWatch.PERIOD, this::awake);
  }

  private void awake() {
    Duration slept = sleep.slept(time.instant(), Instant.now());
    if (!slept.isZero()) {
      observer.slept(slept);
    }
  }

  private void look() {
    Set<Interface> now = interfaces();
    if (!now.equals(known)) {
      known = now;
      stirred();
    }
  }

  /** After a pause of the whole process, what has been missed is not made up for. */
  private Future<?> repeat(Duration pause, Runnable task) {
    return loop.scheduleWithFixedDelay(
        task, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static Set<Interface> interfaces() {
    try {
      return NetworkInterface.networkInterfaces()
          .filter(NetworkWatch::isUp)
          .map(each ->
              new Interface(
                  each.getName(), each.inetAddresses().collect(Collectors.toUnmodifiableSet())))
          .collect(Collectors.toUnmodifiableSet());
    } catch (IOException e) {
      return Set.of(); // there are none
    }
  }

  private static boolean isUp(NetworkInterface each) {
    try {
      return each.isUp();
    } catch (IOException e) {
      return false; // it has just gone
    }
  }

  private void stirred() {
    settling.stirred(time.instant());
    alarm.set(settling.over());
  }

  private void settled() {
    settling.settled();
    observer.networkChanged();
  }

  /** Watches no more. */
  public void close() {
    alarm.cancel();
    if (events != null) {
      events.close();
    }
    if (looking != null) {
      looking.cancel(false);
    }
    if (watching != null) {
      watching.cancel(false);
    }
  }
}
