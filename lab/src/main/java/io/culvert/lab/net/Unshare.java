package io.culvert.lab.net;

import java.util.ArrayList;
import java.util.List;

/** Starts programs in user, network, mount and PID namespaces of their own, as any user may. */
final class Unshare {
  static final List<String> FLAGS =
      List.of("--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--kill-child");

  /** Some containers refuse a new /proc; the laboratory works with the old one too. */
  private static final String PREPARE =
      "PATH=$PATH:/usr/sbin:/sbin; mount -t proc proc /proc 2>/dev/null; ip link set lo up; exec"
          + " \"$@\"";

  private Unshare() {}

  /** The program in namespaces as they come. */
  static List<String> bare(String... program) {
    List<String> command = new ArrayList<>();
    command.add(Tool.UNSHARE.path());
    command.addAll(FLAGS);
    command.add("--");
    command.addAll(List.of(program));
    return command;
  }

  /**
   * The program in namespaces with a loopback that is up and, if possible, a /proc of their own.
   */
  static List<String> prepared(List<String> program) {
    List<String> command = bare("/bin/sh", "-c", PREPARE, "sh");
    command.addAll(program);
    return command;
  }
}
