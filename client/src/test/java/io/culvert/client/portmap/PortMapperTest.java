package io.culvert.client.portmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.client.net.ClientLoop;
import io.culvert.client.portmap.FakeRouter.SoapAnswer;
import io.culvert.client.portmap.PortMapper.Ports;
import io.culvert.traversal.portmap.Finding;
import io.culvert.traversal.portmap.Finding.Outcome;
import io.culvert.traversal.portmap.Gateway;
import io.culvert.traversal.portmap.Mapping;
import io.culvert.traversal.portmap.Means;
import io.culvert.traversal.portmap.PortMapping.Event;
import io.culvert.wire.portmap.NatPmp;
import io.culvert.wire.portmap.Pcp;
import io.culvert.wire.portmap.PortProtocol;
import io.culvert.wire.portmap.PortmapMessage;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With real sockets, on loopback. */
@Timeout(30)
class PortMapperTest {
  private static final int PORT = 40_000;
  private static final Inet4Address OUTSIDE = Inet4Address.ofLiteral("203.0.113.7");
  private static final String DESCRIPTION =
      """
      <root xmlns="urn:schemas-upnp-org:device-1-0"><device><serviceList><service>
      <serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType>
      <controlURL>/ctl</controlURL>
      </service></serviceList></device></root>
      """;

  private final ClientLoop loop = new ClientLoop("port-mapper-test");
  private final List<String> told = new CopyOnWriteArrayList<>();
  private FakeRouter router;

  @BeforeEach
  void router() throws Exception {
    router = new FakeRouter();
  }

  @AfterEach
  void close() throws Exception {
    router.close();
    loop.execute(loop::close);
  }

  @Test
  void byPcpAPortIsAskedForToldAndGivenBack() throws Exception {
    router.answers(PortMapperTest::pcp);
    PortMapper mapper = open(router.gateway());
    seen(mapper, OUTSIDE);
    await().until(() -> told.equals(List.of("opened PCP 203.0.113.7:50000")));

    on(mapper::close).get(5, TimeUnit.SECONDS);
    assertThat(told)
        .containsExactly("opened PCP 203.0.113.7:50000", "closed PCP 203.0.113.7:50000");
    assertThat(router.asked)
        .filteredOn(Pcp.MapRequest.class::isInstance)
        .extracting(message -> ((Pcp.MapRequest) message).lifetime())
        .containsExactly(7200L, 0L);
    assertThat(router.asked.getFirst()).isEqualTo(new Pcp.AnnounceRequest(FakeRouter.CLIENT));
  }

  @Test
  void byNatPmpToo() throws Exception {
    router.answers(PortMapperTest::natPmp);
    PortMapper mapper = open(router.gateway());
    seen(mapper, OUTSIDE);
    await().until(() -> told.equals(List.of("opened NAT-PMP 203.0.113.7:50000")));

    on(mapper::close).get(5, TimeUnit.SECONDS);
    assertThat(router.asked.getLast())
        .isEqualTo(new NatPmp.MapRequest(PortProtocol.UDP, PORT, 0, 0));
  }

  /** Nobody listens at 5351, and the system says so. */
  @Test
  void byUpnpToo() throws Exception {
    router.hasUpnp(DESCRIPTION, PortMapperTest::upnp);
    PortMapper mapper = open(router.gateway());
    seen(mapper, OUTSIDE);
    await().until(() -> told.equals(List.of("opened UPnP 203.0.113.7:40000")));
    assertThat(on(mapper::findings))
        .extracting(Finding::outcome)
        .containsExactly(Outcome.ABSENT, Outcome.ABSENT, Outcome.MAPPED);

    on(mapper::close).get(5, TimeUnit.SECONDS);
    assertThat(router.ordered)
        .containsExactly(
            "GetExternalIPAddress ",
            "AddPortMapping 40000 UDP 40000 127.0.0.1 1 Culvert 7200",
            "GetExternalIPAddress ",
            "DeletePortMapping 40000 UDP");
  }

  @Test
  void whereAnotherHostHasThePortUpnpTakesAnotherAndForEverWhereThatIsAllThereIs()
      throws Exception {
    AtomicInteger adding = new AtomicInteger();
    router.hasUpnp(
        DESCRIPTION,
        action ->
            !action.equals("AddPortMapping")
                ? upnp(action)
                : switch (adding.incrementAndGet()) {
                  case 1 -> SoapAnswer.error(UpnpRouter.CONFLICT);
                  case 2 -> SoapAnswer.error(UpnpRouter.ONLY_FOR_EVER);
                  default -> upnp(action);
                });
    PortMapper mapper = open(router.gateway());
    seen(mapper, OUTSIDE);
    await().until(() -> told.size() == 1);

    List<String> orders =
        router.ordered.stream().filter(order -> order.startsWith("AddPortMapping")).toList();
    assertThat(orders).hasSize(3);
    assertThat(orders.get(1)).doesNotStartWith("AddPortMapping 40000").endsWith(" 7200");
    assertThat(orders.get(2)).isEqualTo(orders.get(1).replace(" 7200", " 0"));
    on(mapper::close).get(5, TimeUnit.SECONDS);
  }

  @Test
  void aRouterThatSendsUsElsewhereByUpnpIsNotFollowed() throws Exception {
    try (FakeRouter other = new FakeRouter()) {
      other.hasUpnp(DESCRIPTION, PortMapperTest::upnp);
      router.hasUpnp(
          DESCRIPTION.replace("/ctl", "http://%s/ctl".formatted(other.address.getHostAddress())),
          PortMapperTest::upnp);
      PortMapper mapper = open(router.gateway());
      await().until(() -> on(mapper::findings).getLast().outcome() == Outcome.ABSENT);
      assertThat(on(mapper::findings).getLast().sentence()).endsWith("and there we do not go.");
      assertThat(other.ordered).isEmpty();
      on(mapper::close).get(5, TimeUnit.SECONDS);
    }
  }

  @Test
  void aDescriptionWithEntitiesIsRefusedAndTheyAreNotFetched() throws Exception {
    router.hasUpnp(
        "<!DOCTYPE r [<!ENTITY x SYSTEM \"%s/elsewhere\">]><root>&x;</root>", PortMapperTest::upnp);
    PortMapper mapper = open(router.gateway());
    await().until(() -> on(mapper::findings).getLast().outcome() == Outcome.ABSENT);

    assertThat(on(mapper::findings).getLast().sentence()).endsWith("XML of a dangerous kind.");
    assertThat(router.ordered).isEmpty();
    on(mapper::close).get(5, TimeUnit.SECONDS);
  }

  @Test
  void aRouterBehindAnotherNatIsExplained() throws Exception {
    router.answers(PortMapperTest::pcp);
    PortMapper mapper = open(router.gateway());
    seen(mapper, Inet4Address.ofLiteral("198.51.100.1"));
    await().until(() -> on(mapper::findings).getFirst().outcome() == Outcome.DOUBLE_NAT);

    assertThat(told).isEmpty();
    on(mapper::close).get(5, TimeUnit.SECONDS);
  }

  @Test
  void inAnotherNetworkTheOldRouterIsLeftAndTheNewOneAsked() throws Exception {
    try (FakeRouter second = new FakeRouter()) {
      router.answers(PortMapperTest::pcp);
      second.answers(PortMapperTest::natPmp);
      List<Gateway> gateways = new CopyOnWriteArrayList<>(List.of(router.gateway()));
      PortMapper mapper =
          on(() ->
              PortMapper.open(
                  loop, () -> gateways, Ports.both(PORT), Set.of(PortProtocol.UDP), telling()));
      seen(mapper, OUTSIDE);
      await().until(() -> told.size() == 1);

      gateways.set(0, second.gateway());
      on(() -> {
        mapper.networkChanged();
        mapper.networkChanged(); // which is nothing new
        return true;
      });
      await().until(() -> told.size() == 3);
      assertThat(told)
          .containsExactly(
              "opened PCP 203.0.113.7:50000",
              "closed PCP 203.0.113.7:50000",
              "opened NAT-PMP 203.0.113.7:50000");
      on(mapper::close).get(5, TimeUnit.SECONDS);
      assertThat(second.asked).filteredOn(NatPmp.AddressRequest.class::isInstance).hasSize(1);
    }
  }

  @Test
  void aRouterThatIsBackBeforeItHasBeenLeftIsAskedAnew() throws Exception {
    router.answers(PortMapperTest::pcp);
    List<Gateway> gateways = new CopyOnWriteArrayList<>(List.of(router.gateway()));
    PortMapper mapper =
        on(() ->
            PortMapper.open(
                loop, () -> gateways, Ports.both(PORT), Set.of(PortProtocol.UDP), telling()));
    seen(mapper, OUTSIDE);
    await().until(() -> told.size() == 1);

    on(() -> {
      gateways.clear();
      mapper.networkChanged();
      gateways.add(router.gateway());
      mapper.networkChanged(); // the router has not been told yet that we have gone
      return true;
    });
    await().until(() -> told.size() == 3);
    assertThat(told)
        .containsExactly(
            "opened PCP 203.0.113.7:50000",
            "closed PCP 203.0.113.7:50000",
            "opened PCP 203.0.113.7:50000");
    on(mapper::close).get(5, TimeUnit.SECONDS);
  }

  @Test
  void withoutAGatewayNothingIsAskedAndNothingWaitedFor() throws Exception {
    PortMapper mapper =
        on(() ->
            PortMapper.open(loop, List::of, Ports.both(PORT), Set.of(PortProtocol.UDP), telling()));

    assertThat(on(mapper::findings)).isEmpty();
    on(mapper::close).get(5, TimeUnit.SECONDS);
  }

  @Test
  void upnpIsGivenUpAtAnyMoment() throws Exception {
    router.hasUpnp(DESCRIPTION, PortMapperTest::upnp);
    for (int moment = 0; moment < 40; moment++) {
      List<Event> events = new CopyOnWriteArrayList<>();
      Upnp upnp = new Upnp(router.gateway(), PORT, events::add);
      upnp.find();
      LockSupport.parkNanos(moment * 500_000L);
      upnp.close();
      await().until(() -> !events.isEmpty());
      assertThat(events).doesNotContain(new Event.UpnpMissing("UPnP has gone wrong.")).hasSize(1);
    }
  }

  @Test
  void whoClosesAtOnceHasClosed() throws Exception {
    router.answers(PortMapperTest::pcp);
    CompletableFuture<Void> closed =
        on(() ->
            PortMapper.open(
                    loop,
                    () -> List.of(router.gateway()),
                    Ports.both(PORT),
                    Set.of(PortProtocol.UDP),
                    telling())
                .close());

    closed.get(5, TimeUnit.SECONDS);
    assertThat(told).isEmpty();
  }

  private PortMapper open(Gateway gateway) throws Exception {
    return on(() ->
        PortMapper.open(
            loop, () -> List.of(gateway), Ports.both(PORT), Set.of(PortProtocol.UDP), telling()));
  }

  private void seen(PortMapper mapper, InetAddress address) throws Exception {
    on(() -> {
      mapper.seen(Set.of(address));
      return true;
    });
  }

  private <T> T on(Callable<T> task) throws Exception {
    CompletableFuture<T> done = new CompletableFuture<>();
    loop.execute(() -> {
      try {
        done.complete(task.call());
      } catch (Exception e) {
        done.completeExceptionally(e);
      }
    });
    return done.get(5, TimeUnit.SECONDS);
  }

  private PortMapper.Observer telling() {
    return new PortMapper.Observer() {
      @Override
      public void opened(Mapping mapping) {
        told.add("opened " + text(mapping));
      }

      @Override
      public void closed(Mapping mapping) {
        told.add("closed " + text(mapping));
      }

      @Override
      public void rebooted() {
        told.add("rebooted");
      }
    };
  }

  private static String text(Mapping mapping) {
    InetSocketAddress external = mapping.external();
    Means by = mapping.by();
    return by + " " + external.getAddress().getHostAddress() + ":" + external.getPort();
  }

  private static @Nullable PortmapMessage pcp(PortmapMessage question) {
    return switch (question) {
      case Pcp.AnnounceRequest _ -> new Pcp.AnnounceResponse(1000);
      case Pcp.MapRequest asked ->
          new Pcp.MapResponse(
              Pcp.SUCCESS,
              asked.lifetime(),
              1000,
              asked.nonce(),
              asked.protocol(),
              asked.internalPort(),
              asked.lifetime() == 0 ? 0 : 50_000,
              OUTSIDE);
      default -> null;
    };
  }

  private static @Nullable PortmapMessage natPmp(PortmapMessage question) {
    return switch (question) {
      case NatPmp.AddressRequest() -> new NatPmp.AddressResponse(1000, OUTSIDE);
      case NatPmp.MapRequest(var protocol, var port, _, var lifetime) ->
          new NatPmp.MapResponse(protocol, 1000, port, lifetime == 0 ? 0 : 50_000, lifetime);
      default -> new NatPmp.Refused(0, NatPmp.UNSUPPORTED_VERSION);
    };
  }

  private static SoapAnswer upnp(String action) {
    return SoapAnswer.of(
        action.equals("GetExternalIPAddress")
            ? "<R><NewExternalIPAddress>203.0.113.7</NewExternalIPAddress></R>"
            : "<R/>");
  }
}
