package io.culvert.server.tls.dtls;

import io.netty.buffer.Unpooled;
import java.io.IOException;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCipher;
import org.bouncycastle.tls.crypto.TlsDecodeResult;
import org.bouncycastle.tls.crypto.TlsEncodeResult;

/**
 * A cipher whose every failure to read a record is of the kind that has the record dropped. Anybody
 * can send a datagram in the client's name: it must not end the session (RFC 6347 §4.1.2.7).
 */
record DatagramCipher(TlsCipher cipher) implements TlsCipher {
  @Override
  public TlsDecodeResult decodeCiphertext(
      long number, short type, ProtocolVersion version, byte[] bytes, int offset, int length)
      throws IOException {
    if (cipher.getPlaintextDecodeLimit(length) < 0) {
      throw new TlsFatalAlert(AlertDescription.bad_record_mac);
    }
    TlsDecodeResult plain = cipher.decodeCiphertext(number, type, version, bytes, offset, length);
    if (plain.contentType == ContentType.handshake
        && !Records.messagesAreBounded(
            Unpooled.wrappedBuffer(plain.buf, plain.off, plain.len), 0, plain.len)) {
      throw new TlsFatalAlert(AlertDescription.decode_error);
    }
    return plain;
  }

  @Override
  public TlsEncodeResult encodePlaintext(
      long number,
      short type,
      ProtocolVersion version,
      int headerBytes,
      byte[] bytes,
      int offset,
      int length)
      throws IOException {
    return cipher.encodePlaintext(number, type, version, headerBytes, bytes, offset, length);
  }

  @Override
  public int getCiphertextDecodeLimit(int plaintextLimit) {
    return cipher.getCiphertextDecodeLimit(plaintextLimit);
  }

  @Override
  public int getCiphertextEncodeLimit(int plaintextLimit) {
    return cipher.getCiphertextEncodeLimit(plaintextLimit);
  }

  @Override
  public int getPlaintextDecodeLimit(int ciphertextLimit) {
    return cipher.getPlaintextDecodeLimit(ciphertextLimit);
  }

  @Override
  public int getPlaintextEncodeLimit(int ciphertextLimit) {
    return cipher.getPlaintextEncodeLimit(ciphertextLimit);
  }

  @Override
  public void rekeyDecoder() throws IOException {
    cipher.rekeyDecoder();
  }

  @Override
  public void rekeyEncoder() throws IOException {
    cipher.rekeyEncoder();
  }

  @Override
  public boolean usesOpaqueRecordTypeDecode() {
    return cipher.usesOpaqueRecordTypeDecode();
  }

  @Override
  public boolean usesOpaqueRecordTypeEncode() {
    return cipher.usesOpaqueRecordTypeEncode();
  }
}
