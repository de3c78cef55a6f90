package io.culvert.server.tls;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/**
 * Where an identity is: a chain of certificates and a key, in PEM, in two files or in one.
 *
 * @param key in PKCS #8, or as OpenSSL wrote them earlier: SEC 1 or PKCS #1
 */
record PemFiles(Path certificate, Path key) {
  /** What a file looked like: when it changes, so has the file. */
  private record Look(FileTime modified, long bytes, Optional<Object> identity) {
    static Optional<Look> at(Path file) {
      try {
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
        return Optional.of(
            new Look(now.lastModifiedTime(), now.size(), Optional.ofNullable(now.fileKey())));
      } catch (IOException e) {
        return Optional.empty(); // read() says why
      }
    }
  }

  /** What both files look like now; equal to what it was before unless one has changed. */
  Object look() {
    return List.of(Look.at(certificate), Look.at(key));
  }

  /**
   * Reads both.
   *
   * @throws CertificateFileException when there is no usable identity in them
   */
  Identity read() throws CertificateFileException {
    Identity identity = new Identity(readKey(), readChain());
    try {
      if (identity.belongsTogether()) {
        return identity;
      }
    } catch (GeneralSecurityException e) {
      throw unusable(key, "holds a key that cannot be used: " + e.getMessage(), e);
    }
    throw new CertificateFileException(
        "The key in %s is not the one of the first certificate in %s.".formatted(key, certificate),
        null);
  }

  private List<X509Certificate> readChain() throws CertificateFileException {
    JcaX509CertificateConverter converter = new JcaX509CertificateConverter();
    List<X509Certificate> chain = new ArrayList<>();
    for (Object object : objects(certificate)) {
      if (object instanceof X509CertificateHolder holder) {
        try {
          chain.add(converter.getCertificate(holder));
        } catch (CertificateException e) {
          throw unusable(certificate, "holds a broken certificate: " + e.getMessage(), e);
        }
      }
    }
    if (chain.isEmpty()) {
      throw new CertificateFileException(certificate + " holds no certificate in PEM.", null);
    }
    return chain;
  }

  private PrivateKey readKey() throws CertificateFileException {
    JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
    for (Object object : objects(key)) {
      try {
        switch (object) {
          case PrivateKeyInfo pkcs8 -> {
            return converter.getPrivateKey(pkcs8);
          }
          case PEMKeyPair pair -> {
            return converter.getPrivateKey(pair.getPrivateKeyInfo());
          }
          case PKCS8EncryptedPrivateKeyInfo _, PEMEncryptedKeyPair _ ->
              throw new CertificateFileException(
                  "The key in %s is encrypted, and nobody is there to type the password. Decrypt it with: openssl pkey -in %s -out NEW"
                      .formatted(key, key),
                  null);
          default -> {} // the chain, or the parameters of the curve
        }
      } catch (IOException e) {
        throw unusable(key, "holds a key that cannot be used: " + e.getMessage(), e);
      }
    }
    throw new CertificateFileException(key + " holds no private key in PEM.", null);
  }

  private static List<Object> objects(Path file) throws CertificateFileException {
    List<Object> objects = new ArrayList<>();
    try (Reader reader = Files.newBufferedReader(file);
        PEMParser parser = new PEMParser(reader)) {
      for (Object next = parser.readObject(); next != null; next = parser.readObject()) {
        objects.add(next);
      }
      return objects;
    } catch (NoSuchFileException e) {
      throw unusable(file, "does not exist", e);
    } catch (AccessDeniedException e) {
      throw unusable(file, "may not be read by this user", e);
    } catch (MalformedInputException e) {
      throw unusable(file, "is not PEM", e);
    } catch (IOException e) {
      throw unusable(file, "cannot be read: " + e.getMessage(), e);
    }
  }

  private static CertificateFileException unusable(Path file, String reason, Exception cause) {
    return new CertificateFileException(file + " " + reason + ".", cause);
  }
}
