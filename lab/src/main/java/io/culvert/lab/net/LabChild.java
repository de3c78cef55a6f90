package io.culvert.lab.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * What {@link LabProcess} starts: calls the main class, and exits when stdin, its lifeline, ends.
 */
final class LabChild {
  /** How long shutdown hooks may take once the parent is gone. */
  static final long GRACE_SECONDS = 3;

  /** As after SIGTERM. */
  private static final int ENDED_BY_PARENT = 143;

  private LabChild() {}

  public static void main(String[] arguments) throws Throwable {
    InputStream lifeline = System.in;
    System.setIn(InputStream.nullInputStream());
    Thread.ofPlatform().daemon().name("lab-lifeline").start(() -> endWith(lifeline));
    Method main = Class.forName(arguments[0]).getDeclaredMethod("main", String[].class);
    main.setAccessible(true);
    try {
      main.invoke(null, (Object) Arrays.copyOfRange(arguments, 1, arguments.length));
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static void endWith(InputStream lifeline) {
    try {
      lifeline.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      System.err.println("The lab process lost its parent: " + e.getMessage());
    }
    Thread exit =
        Thread.ofPlatform().daemon().start(() -> Runtime.getRuntime().exit(ENDED_BY_PARENT));
    try {
      exit.join(TimeUnit.SECONDS.toMillis(GRACE_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(ENDED_BY_PARENT);
  }
}
