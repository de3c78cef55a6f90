package io.culvert.lab.net;

import org.jspecify.annotations.Nullable;

/**
 * The laboratory could not do what was asked: the message names the command or system call that
 * failed, what it said, and where possible what to do about it.
 */
public final class LabException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LabException(String message) {
    super(message);
  }

  LabException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
