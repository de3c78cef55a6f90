package io.culvert.lab.sim;

/** A simulation that does not come to an end; the message names its seed. */
public final class SimulationException extends RuntimeException {
  private static final long serialVersionUID = 1;

  SimulationException(String message) {
    super(message);
  }
}
