package io.culvert.lab.load;

import io.culvert.wire.stun.AttributeType;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.StunWriter;
import io.culvert.wire.stun.TransactionId;
import io.culvert.wire.stun.TurnAttribute.RequestedTransport;
import io.culvert.wire.transport.SocketError;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The main class of {@link LoadGenerator}: does what the lines on stdin order, one after the other,
 * and answers each with a line. It ends with stdin.
 */
final class LoadProcess implements AutoCloseable {
  private static final int BUSY_FLOWS = 4;
  private static final int PACED_FLOWS = 100;

  /** In all, both ways together: what a few hundred voice calls make. */
  private static final int PACED_PER_SECOND = 25_000;

  private static final int REQUESTING_CLIENTS = 4;
  private static final int BINDING_SUCCESS = 0x0101;
  private static final int ALLOCATE_ERROR = 0x0113;
  private static final long SETTLING_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final SpinLoop loop = new SpinLoop();
  private @Nullable Clients held;
  private int generation;

  private LoadProcess() {}

  public static void main(String[] arguments) throws IOException {
    JsonMapper json = JsonMapper.shared();
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (LoadProcess process = new LoadProcess()) {
      for (String line = orders.readLine(); line != null; line = orders.readLine()) {
        LoadOrder order = json.readValue(line, LoadOrder.class);
        System.out.println(json.writeValueAsString(process.answer(order)));
      }
    }
  }

  private Object answer(LoadOrder order) {
    try {
      return run(order);
    } catch (LoadException e) {
      return Map.of(LoadGenerator.FAILURE, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return Map.of(LoadGenerator.FAILURE, SocketError.explain(e));
    }
  }

  private LoadResult run(LoadOrder order) throws LoadException, IOException {
    letGo();
    return switch (order.load()) {
      case RELAY_TO_PEER ->
          relay(order, BUSY_FLOWS, (flows, tally) -> toPeer(flows, Flood.BURST, tally));
      case RELAY_TO_CLIENT ->
          relay(order, BUSY_FLOWS, (flows, tally) -> toClient(flows, Flood.BURST, tally));
      case RELAY_TO_PEER_ONE_BY_ONE ->
          relay(order, BUSY_FLOWS, (flows, tally) -> toPeer(flows, Flood.ONE_BY_ONE, tally));
      case RELAY_TO_CLIENT_ONE_BY_ONE ->
          relay(order, BUSY_FLOWS, (flows, tally) -> toClient(flows, Flood.ONE_BY_ONE, tally));
      case RELAY_PACED -> relay(order, PACED_FLOWS, (flows, _) -> paced(flows));
      case BINDING -> flood(order, request(StunMessage.BINDING), BINDING_SUCCESS);
      case UNAUTHENTICATED -> flood(order, request(StunMessage.ALLOCATE), ALLOCATE_ERROR);
      case SPOOFED ->
          new Strangers(order.server(), request(StunMessage.ALLOCATE))
              .ask(Math.min(order.count(), Strangers.MAX), order.pid());
      case CYCLES -> cycles(order);
      case HOLD -> hold(order);
    };
  }

  private LoadResult relay(LoadOrder order, int count, BiFunction<RelayFlows, Tally, Step> load)
      throws LoadException, IOException {
    Tally tally = new Tally(order.load() == Load.RELAY_PACED);
    try (RelayFlows flows = RelayFlows.open(count, loop, order, sides(order), tally)) {
      LoadResult result = new Trial(loop, order, tally).run(load.apply(flows, tally));
      flows.release();
      return result;
    }
  }

  private static Step toPeer(RelayFlows flows, int burst, Tally tally) {
    return new Flood(BUSY_FLOWS, burst, flows::sendToPeer, tally);
  }

  private static Step toClient(RelayFlows flows, int burst, Tally tally) {
    return new Flood(BUSY_FLOWS, burst, flows::sendToClient, tally);
  }

  private static Step paced(RelayFlows flows) {
    return new Timetable(
        2 * PACED_FLOWS,
        PACED_PER_SECOND,
        bothWays(flows),
        new SplittableRandom(),
        System.nanoTime());
  }

  private static Source bothWays(RelayFlows flows) {
    return (which, now) -> {
      if (which % 2 == 0) {
        flows.sendToPeer(which / 2, now);
      } else {
        flows.sendToClient(which / 2, now);
      }
    };
  }

  private LoadResult flood(LoadOrder order, ByteBuf request, int answerType)
      throws LoadException, IOException {
    Tally tally = new Tally(false);
    Endpoint server = Endpoint.of(order.server());
    try (Requests requests = new Requests(request, answerType, server, tally)) {
      requests.open(REQUESTING_CLIENTS, loop, sides(order).client());
      return new Trial(loop, order, tally)
          .run(new Flood(REQUESTING_CLIENTS, Flood.BURST, requests::send, tally));
    }
  }

  /** A request without credentials. */
  private static ByteBuf request(int method) {
    ByteBuf request = Unpooled.buffer();
    StunWriter writer =
        new StunWriter().begin(request, StunClass.REQUEST, method, new TransactionId(0, 0));
    if (method == StunMessage.ALLOCATE) {
      writer.unsignedByte(AttributeType.REQUESTED_TRANSPORT, RequestedTransport.UDP);
    }
    return request;
  }

  private LoadResult cycles(LoadOrder order) throws LoadException, IOException {
    Tally tally = new Tally(false);
    try (Clients clients = clients(order.count(), order)) {
      Cycles cycles = new Cycles(clients, tally);
      LoadResult result = new Trial(loop, order, tally).run(cycles);
      cycles.end();
      loop.spin(SETTLING_NANOS, cycles, cycles::isAtRest);
      return result;
    }
  }

  private LoadResult hold(LoadOrder order) throws LoadException, IOException {
    Clients clients = clients(order.count(), order);
    held = clients;
    long cpu = ProcessCpu.nanos(order.pid());
    long start = System.nanoTime();
    clients.each(TurnClient::allocate);
    long took = System.nanoTime() - start;
    long cpuTook = ProcessCpu.nanos(order.pid()) - cpu;
    return new LoadResult(order.count(), order.count(), 0, took, cpuTook, 0, Latency.NONE);
  }

  private Clients clients(int count, LoadOrder order) throws IOException {
    Clients clients = new Clients(loop);
    try {
      clients.open(count, new Account(order), sides(order).client(), (_, _, _) -> {});
      return clients;
    } catch (IOException e) {
      clients.close();
      throw e;
    }
  }

  private Sides sides(LoadOrder order) throws IOException {
    return Sides.towards(order.server(), generation++);
  }

  /** Gives back what an earlier order has held. */
  private void letGo() throws LoadException, IOException {
    Clients before = held;
    held = null;
    if (before != null) {
      try (before) {
        before.each(TurnClient::release);
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (held != null) {
      held.close(); // the server forgets them in time
    }
    loop.close();
  }
}
