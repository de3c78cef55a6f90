package io.culvert.lab.net;

import java.util.Optional;

/** Whether there can be a {@link Lab}, and where. */
public sealed interface LabAvailability {
  /** This process can open one. */
  record Ready() implements LabAvailability {}

  /**
   * Not in this process, but in one that is started for it, by {@link LabProcess} for example.
   *
   * @param sentence why, and what to do
   */
  record InOwnProcess(String sentence) implements LabAvailability {}

  /**
   * Not on this system as it is.
   *
   * @param sentence why, and what to do
   */
  record Impossible(String sentence) implements LabAvailability {}

  /** Why this process can open no lab, and what to do; empty when it can. */
  default Optional<String> reason() {
    return switch (this) {
      case Ready() -> Optional.empty();
      case InOwnProcess(String sentence) -> Optional.of(sentence);
      case Impossible(String sentence) -> Optional.of(sentence);
    };
  }
}
