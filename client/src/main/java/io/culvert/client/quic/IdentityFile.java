package io.culvert.client.quic;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.jspecify.annotations.Nullable;

/** An identity in PEM: a private key (PKCS #8) and its certificate. */
record IdentityFile(Path file) {
  private static final int P256_BITS = 256;

  /** Reads it; the message of what is thrown is a sentence. */
  Identity read() throws IOException {
    if (open()) {
      throw new IOException(
          "Others can read %s, this machine's identity: somebody may pretend to be it. Take that from them (chmod 600), or delete the file: a new identity is made, and peers have to be told."
              .formatted(file));
    }
    List<Object> objects = objects();
    try {
      Identity identity = new Identity(key(objects), certificate(objects));
      if (belongTogether(identity)) {
        return identity;
      }
    } catch (GeneralSecurityException | IOException e) {
      throw broken(e);
    }
    throw broken(null);
  }

  private boolean open() throws IOException {
    try {
      return new PrivateFile(file).isOpenToOthers();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private List<Object> objects() throws IOException {
    List<Object> objects = new ArrayList<>();
    Reader reader;
    try {
      reader = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw unreadable(e);
    }
    try (PEMParser parser = new PEMParser(reader)) {
      for (Object next = parser.readObject(); next != null; next = parser.readObject()) {
        objects.add(next);
      }
      return objects;
    } catch (FileSystemException e) {
      throw unreadable(e);
    } catch (IOException e) {
      throw broken(e);
    }
  }

  private static PrivateKey key(List<Object> objects) throws IOException {
    for (Object object : objects) {
      if (object instanceof PrivateKeyInfo pkcs8) {
        return new JcaPEMKeyConverter().getPrivateKey(pkcs8);
      }
    }
    throw new IOException("no key");
  }

  private static X509Certificate certificate(List<Object> objects)
      throws IOException, CertificateException {
    for (Object object : objects) {
      if (object instanceof X509CertificateHolder holder) {
        return new JcaX509CertificateConverter().getCertificate(holder);
      }
    }
    throw new IOException("no certificate");
  }

  private static boolean belongTogether(Identity identity) throws GeneralSecurityException {
    if (!(identity.certificate().getPublicKey() instanceof ECPublicKey publicKey)
        || publicKey.getParams().getOrder().bitLength() != P256_BITS) {
      return false;
    }
    byte[] sample = new byte[32];
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(identity.key());
    signature.update(sample);
    byte[] signed = signature.sign();
    signature.initVerify(publicKey);
    signature.update(sample);
    return signature.verify(signed);
  }

  private IOException unreadable(IOException e) {
    return new IOException(
        "This machine's identity in %s cannot be read: %s. Let this user read the file, or name another."
            .formatted(file, reason(e)),
        e);
  }

  private IOException broken(@Nullable Exception e) {
    return new IOException(
        "%s is not an identity: a P-256 key and its certificate, in PEM. Restore it, or delete it: a new one is made, and peers have to be told."
            .formatted(file),
        e);
  }

  /** What such exceptions say is often no more than the name of the file. */
  static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException _ -> "this user may not";
      case FileSystemException f when f.getReason() != null -> f.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }
}
