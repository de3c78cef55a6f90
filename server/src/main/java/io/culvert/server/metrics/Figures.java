package io.culvert.server.metrics;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The figures of all services. There are as many as are named here: none comes from what a client
 * says, so a million users are no more lines than one.
 *
 * <p>One thread adds services; once it has published this, any thread may read. Suppliers are asked
 * by that thread, whenever somebody looks.
 */
public final class Figures {
  private final Map<String, Service> services = new LinkedHashMap<>();
  private final PrometheusRegistry registry = new PrometheusRegistry();

  /** What is counted in a service, by names of lower case and hyphens. */
  public final class Service {
    private final String name;
    private final Map<String, Supplier<Map<String, Long>>> figures = new LinkedHashMap<>();

    private Service(String name) {
      this.name = name;
    }

    /**
     * Something that goes up and down.
     *
     * @param help what it is, as a sentence
     */
    public Service gauge(String gauge, String help, LongSupplier value) {
      figures.put(gauge, () -> Map.of(gauge, value.getAsLong()));
      GaugeWithCallback.builder()
          .name(metric(gauge))
          .help(help)
          .callback(metric -> metric.call((double) value.getAsLong()))
          .register(registry);
      return this;
    }

    /**
     * Something that only grows.
     *
     * @param help what it is, as a sentence
     */
    public Service total(String total, String help, LongSupplier value) {
      figures.put(total, () -> Map.of(total, value.getAsLong()));
      CounterWithCallback.builder()
          .name(metric(total))
          .help(help)
          .callback(metric -> metric.call((double) value.getAsLong()))
          .register(registry);
      return this;
    }

    /** What happens in the service: what an enum names. */
    public <C extends Enum<C>> Service events(Supplier<Map<C, Long>> counters) {
      return events(
          "culvert_" + metricName(), "What has happened in the service " + name + ".", counters);
    }

    /**
     * More of what happens, by its kind.
     *
     * @param total of what it is
     * @param help what it is, as a sentence
     */
    public <C extends Enum<C>> Service kinds(
        String total, String help, Supplier<Map<C, Long>> counters) {
      return events(metric(total), help, counters);
    }

    private <C extends Enum<C>> Service events(
        String metricName, String help, Supplier<Map<C, Long>> counters) {
      figures.put(metricName, () -> named(counters.get()));
      CounterWithCallback.builder()
          .name(metricName)
          .help(help)
          .labelNames("event")
          .callback(
              metric -> named(counters.get()).forEach((event, count) -> metric.call(count, event)))
          .register(registry);
      return this;
    }

    private String metric(String figure) {
      return "culvert_" + metricName() + "_" + figure.replace('-', '_');
    }

    private String metricName() {
      return name.replace('-', '_');
    }

    private Map<String, Long> values() {
      Map<String, Long> values = new LinkedHashMap<>();
      figures.values().forEach(figure -> values.putAll(figure.get()));
      return values;
    }
  }

  /** A new service of that name. */
  public Service service(String name) {
    Service service = new Service(name);
    services.put(name, service);
    return service;
  }

  /** All figures now, by service. */
  public Map<String, Map<String, Long>> values() {
    Map<String, Map<String, Long>> values = new LinkedHashMap<>();
    services.forEach((name, service) -> values.put(name, service.values()));
    return values;
  }

  PrometheusRegistry registry() {
    return registry;
  }

  private static <C extends Enum<C>> Map<String, Long> named(Map<C, Long> counters) {
    Map<String, Long> named = new LinkedHashMap<>();
    counters.forEach((counter, count) -> named.put(name(counter), count));
    return named;
  }

  /** What a constant is called here: in lower case, with hyphens. */
  public static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
