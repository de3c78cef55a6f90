package io.culvert.client.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InboxTest {
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final Inbox inbox = new Inbox(channel.config()::setAutoRead);

  @AfterEach
  void close() {
    channel.close();
  }

  @Test
  void messagesComeInTheirOrderAndThenTheEnd() throws Exception {
    inbox.add(new byte[] {1});
    inbox.add(new byte[] {2});
    inbox.end(null);
    assertThat(inbox.take()).containsExactly(1);
    assertThat(inbox.take()).containsExactly(2);
    assertThat(inbox.take()).isNull();
    assertThat(inbox.take()).isNull();
  }

  @Test
  void anErrorComesAfterTheMessagesBeforeIt() throws Exception {
    inbox.add(new byte[] {1});
    inbox.end(new IOException("broken"));
    assertThat(inbox.take()).containsExactly(1);
    assertThatThrownBy(inbox::take).hasMessage("broken");
  }

  @Test
  void theFirstReasonToEndCounts() throws Exception {
    inbox.end(null);
    inbox.end(new IOException("too late"));
    assertThat(inbox.take()).isNull();
  }

  @Test
  void theChannelPausesWhileTheReaderIsFarBehind() throws Exception {
    for (int i = 0; i < 5; i++) {
      inbox.add(new byte[64 << 10]);
    }
    assertThat(channel.config().isAutoRead()).isFalse();
    for (int i = 0; i < 4; i++) {
      inbox.take();
    }
    assertThat(channel.config().isAutoRead()).isFalse();
    inbox.take();
    assertThat(channel.config().isAutoRead()).isTrue();
  }
}
