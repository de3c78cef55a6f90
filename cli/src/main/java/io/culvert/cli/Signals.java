package io.culvert.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the system tells a process to do: to stop (SIGTERM, Ctrl-C) or to read its configuration
 * again (SIGHUP). Where it is told twice to stop it hears of both, as it would not in a shutdown
 * hook. Thread-safe.
 */
final class Signals {
  /** What to do. */
  enum Order {
    STOP,
    RELOAD
  }

  private final BlockingQueue<Order> orders = new LinkedBlockingQueue<>();

  private Signals() {}

  /** Takes the signals of this process from now on. */
  static Signals take() {
    Signals signals = new Signals();
    signals.on("TERM", Order.STOP);
    signals.on("INT", Order.STOP);
    signals.on("HUP", Order.RELOAD);
    return signals;
  }

  /** Waits for an order. */
  Order await() throws InterruptedException {
    return orders.take();
  }

  /** The same, but not longer than that; null then. */
  @Nullable Order await(Duration longest) throws InterruptedException {
    return orders.poll(longest.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Gives an order as if it were a signal. */
  void give(Order order) {
    orders.add(order);
  }

  /**
   * By reflection, since the compiler warns of sun.misc, which has no successor. A system that has
   * no such signal, or keeps it to itself, never sends it either.
   */
  private void on(String name, Order order) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Method handle = signal.getMethod("handle", signal, handler);
      Object give =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (_, method, _) -> {
                if (method.getName().equals("handle")) {
                  give(order);
                }
                return null;
              });
      handle.invoke(null, signal.getConstructor(String.class).newInstance(name), give);
    } catch (InvocationTargetException e) {
      if (!(e.getCause() instanceof IllegalArgumentException)) {
        throw new IllegalStateException("SIG" + name + " cannot be taken", e);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this Java has no sun.misc.Signal", e);
    }
  }
}
