package io.culvert.cli;

import io.culvert.client.CulvertException;
import io.culvert.client.tag.TagClient;
import io.culvert.client.tag.TagListener;
import java.net.UnknownHostException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code culvert tag list}. */
@Command(
    name = "list",
    description = "Prints the tags that are online, a line each, as many as the server tells.",
    footer = {"", "Example: culvert tag list --server rendezvous.example"})
final class TagListCommand implements Callable<Integer> {
  @Mixin private TagOptions options = new TagOptions();

  @Override
  public Integer call() throws InterruptedException {
    Events events = options.events();
    try (TagClient client = options.register(events, TagListener.NOBODY)) {
      client.list().forEach(tag -> System.out.println(Text.printable(tag)));
      return Culvert.WORKED;
    } catch (CulvertException e) {
      Reports.failed(events, e);
      return Culvert.DID_NOT_WORK;
    } catch (UnknownHostException e) {
      return Reports.unknownHost(events, e);
    }
  }
}
