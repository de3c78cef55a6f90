package io.culvert.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class ReadShareTest {
  private final ReadShare share = new ReadShare();
  private final ExtendedHandle reads = share.newHandle();

  @Test
  void aStrangerIsReadInSmallPieces() {
    for (int i = 0; i < 10; i++) {
      assertThat(read(ReadShare.WIDE)).isEqualTo(ReadShare.NARROW);
    }
  }

  @Test
  void whoFillsWhatHeMayGetsMore() {
    share.widen();
    assertThat(read(ReadShare.WIDE)).isEqualTo(2 << 10);
    assertThat(read(ReadShare.WIDE)).isEqualTo(4 << 10);
    assertThat(read(3 << 10)).as("half of it is enough to keep it").isEqualTo(8 << 10);
    for (int i = 0; i < 10; i++) {
      read(ReadShare.WIDE);
    }
    assertThat(reads.guess()).isEqualTo(ReadShare.WIDE);
  }

  @Test
  void whoDoesNotGetsLess() {
    share.widen();
    for (int i = 0; i < 10; i++) {
      read(ReadShare.WIDE);
    }
    for (int i = 0; i < 10; i++) {
      read(100);
    }
    assertThat(reads.guess()).isEqualTo(ReadShare.NARROW);
  }

  @Test
  void narrowedItIsAStrangersAgainAtOnce() {
    share.widen();
    for (int i = 0; i < 10; i++) {
      read(ReadShare.WIDE);
    }
    share.narrow();
    assertThat(reads.guess()).isEqualTo(ReadShare.NARROW);
  }

  @Test
  void afterOneReadItIsTheNextOnesTurn() {
    reads.reset(new EmbeddedChannel().config());
    reads.attemptedBytesRead(reads.guess());
    reads.lastBytesRead(ReadShare.NARROW);
    reads.incMessagesRead(1);
    assertThat(reads.continueReading()).isFalse();
  }

  /** Reads of what there is; how much there was room for. */
  private int read(int available) {
    int room = reads.guess();
    reads.attemptedBytesRead(room);
    reads.lastBytesRead(Math.min(room, available));
    return room;
  }
}
