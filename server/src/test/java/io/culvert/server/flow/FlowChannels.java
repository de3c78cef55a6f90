package io.culvert.server.flow;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.culvert.server.account.Accounts;
import io.culvert.server.net.ChannelFrom;
import io.culvert.server.net.ConnectionGuard;
import io.culvert.server.net.Counters;
import io.culvert.server.net.Gate;
import io.culvert.wire.flow.FlowChannelCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.BiFunction;

/** A service without sockets, and connections to it. */
final class FlowChannels {
  static final InetSocketAddress REMOTE = new InetSocketAddress("203.0.113.7", 6000);

  final Counters<FlowCounter> counters = new Counters<>(FlowCounter.class);
  final Switchboard switchboard = new Switchboard(new Random(1));
  final UnfinishedFrames.Budget unfinished = new UnfinishedFrames.Budget(1 << 20);
  private final SignalHandler.Service service;

  FlowChannels(Accounts accounts) {
    ServerAddresses addresses = new ServerAddresses(Optional.empty(), OptionalInt.empty());
    service =
        new SignalHandler.Service(
            switchboard,
            accounts,
            new Logins(accounts, addresses, Optional.empty(), counters),
            addresses,
            counters);
  }

  ChannelFrom signal() throws Exception {
    return connect((gate, guard) -> new SignalHandler(service, gate, guard));
  }

  ChannelFrom account() throws Exception {
    return connect(
        (gate, guard) -> new AccountHandler(service.logins(), 3376, counters, gate, guard));
  }

  private ChannelFrom connect(BiFunction<Gate, ConnectionGuard<FlowCounter>, ChannelHandler> logic)
      throws Exception {
    FlowChannelCodec codec = FlowChannelCodec.server();
    Gate gate = new Gate();
    ConnectionGuard<FlowCounter> guard =
        new ConnectionGuard<>(counters, FlowCounter.MALFORMED, FlowCounter.TIMED_OUT);
    return new ChannelFrom(
        REMOTE,
        codec,
        new UnfinishedFrames(codec, unfinished, guard),
        gate,
        logic.apply(gate, guard),
        guard);
  }

  long counted(FlowCounter counter) {
    return counters.snapshot().getOrDefault(counter, -1L);
  }

  static void send(ChannelFrom channel, String json) {
    channel.writeInbound(Unpooled.wrappedBuffer(RawFlowClient.frame(json)));
  }

  /** The JSON that has been written since this was asked last. */
  static String sent(ChannelFrom channel) {
    StringBuilder all = new StringBuilder();
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      all.append(out.skipBytes(2).toString(UTF_8));
      out.release();
    }
    return all.toString();
  }
}
