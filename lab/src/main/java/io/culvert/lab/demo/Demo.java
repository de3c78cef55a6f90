package io.culvert.lab.demo;

import io.culvert.lab.demo.Scene.Result;
import io.culvert.lab.net.NatKind;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Plays scenes one after the other and sums them up in a table. */
public final class Demo {
  private record Row(String scene, boolean asItShould, String outcome, String took) {}

  private final PrintStream out;

  public Demo(PrintStream out) {
    this.out = out;
  }

  /** Plays what needs a lab; returns whether every scene went as it should. */
  public boolean playInLab() throws InterruptedException {
    return playAll(
        new TcpPunchScene(new LabStage(NatKind.PORT_RESTRICTED), true),
        new TcpPunchScene(new LabStage(NatKind.SYMMETRIC), false),
        new TagScene(new LabStage(NatKind.PORT_RESTRICTED), true),
        new TagScene(new LabStage(NatKind.SYMMETRIC), false),
        new FlowScene(new LabStage(NatKind.PORT_RESTRICTED), true),
        new FlowScene(new LabStage(NatKind.SYMMETRIC), false),
        new PeerScene(),
        new StaysRelayedScene());
  }

  /** Plays what can be shown without NATs; returns whether every scene went as it should. */
  public boolean playOnLoopback() throws InterruptedException {
    return playAll(
        new TcpPunchScene(new LoopbackStage(), true),
        new TagScene(new LoopbackStage(), true),
        new FlowScene(new LoopbackStage(), true));
  }

  private boolean playAll(Scene... scenes) throws InterruptedException {
    List<Row> rows = new ArrayList<>();
    for (Scene scene : scenes) {
      rows.add(play(scene));
    }
    out.printf("%n%-52s %-4s %8s  %s%n", "scene", "", "time", "outcome");
    for (Row row : rows) {
      out.printf(
          "%-52s %-4s %8s  %s%n",
          row.scene(), row.asItShould() ? "ok" : "FAIL", row.took(), row.outcome());
    }
    return rows.stream().allMatch(Row::asItShould) && !out.checkError();
  }

  private Row play(Scene scene) throws InterruptedException {
    Narrator narrator = new Narrator(out);
    narrator.scene(scene.title());
    try {
      Result result = scene.play(narrator);
      return new Row(scene.title(), true, result.outcome(), Narrator.show(result.took()));
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      narrator.say("did not go as it should: " + e);
      return new Row(scene.title(), false, String.valueOf(e.getMessage()), "");
    }
  }
}
