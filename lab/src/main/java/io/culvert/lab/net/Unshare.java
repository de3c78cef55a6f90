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

  static List<String> command(List<String> program) {
    List<String> command = new ArrayList<>();
    command.add(Tool.UNSHARE.path());
    command.addAll(FLAGS);
    command.addAll(List.of("--", "/bin/sh", "-c", PREPARE, "sh"));
    command.addAll(program);
    return command;
  }
}
