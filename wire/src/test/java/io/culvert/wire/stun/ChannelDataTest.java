package io.culvert.wire.stun;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChannelDataTest {
  /** Case 56 of the attacks. */
  @ParameterizedTest
  @CsvSource({
    "40000000,true",
    "4fff0000,true",
    "50000000,true",
    "7ffe0000,true",
    "7fff0000,true",
    "3fff0000,false",
    "80000000,false",
    "ff,false",
    "00010000,false",
    "'',false",
    "40,false",
    "4000,false",
    "400000,false",
    "40000001,false",
    "4000000161,true",
    "40000001610000,true",
    "4000000461626364,true",
    "40000005616263640000,true",
    "4000000561626364,false",
    "4000ffff61,false"
  })
  void aDatagramIsWholeWhenItHasItsData(String hex, boolean whole) {
    byte[] bytes = StunDecoding.bytes(hex);
    ByteBuf buffer = Unpooled.wrappedBuffer(new byte[3], bytes, new byte[9]);
    assertThat(ChannelData.isWhole(buffer, 3, bytes.length)).isEqualTo(whole);
  }

  @Test
  void theFirstTwoBitsTellItFromOthers() {
    for (int b = 0; b < 256; b++) {
      assertThat(ChannelData.isChannelData(b)).isEqualTo(b >= 0x40 && b <= 0x7f);
    }
  }

  @Test
  void aHeaderIsReadAsItWasWritten() {
    ByteBuf buffer = Unpooled.buffer(16).writeZero(16);
    ChannelData.setHeader(buffer, 5, ChannelData.LAST_OF_RFC_5766, 0xfffe);
    assertThat(buffer.getInt(5)).isEqualTo(0x7ffefffe);
    assertThat(ChannelData.channel(buffer, 5)).isEqualTo(0x7ffe);
    assertThat(ChannelData.dataLength(buffer, 5)).isEqualTo(0xfffe);
    assertThat(buffer.getInt(9)).isZero();
    assertThat(buffer.readableBytes()).isEqualTo(16);
  }

  @Test
  void aStreamIsPaddedToFours() {
    assertThat(ChannelData.padding(0)).isZero();
    assertThat(ChannelData.padding(1)).isEqualTo(3);
    assertThat(ChannelData.padding(2)).isEqualTo(2);
    assertThat(ChannelData.padding(3)).isEqualTo(1);
    assertThat(ChannelData.padding(4)).isZero();
    assertThat(ChannelData.padding(0xffff)).isEqualTo(1);
  }
}
