package io.culvert.client.portmap;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads what a router says in XML. Whoever answers as the router may be anybody: a document type,
 * and with it every entity and whatever it would be fetched from, is refused.
 */
final class UpnpXml {
  /** Far more than any router needs. */
  private static final int MOST_TEXTS = 2000;

  /**
   * An element that has text and no elements in it.
   *
   * @param name without a namespace
   */
  record Text(String name, String value) {}

  private static final XMLInputFactory FACTORY = factory();

  private UpnpXml() {}

  /** The JDK's own, whatever lies on the class path. */
  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
    factory.setXMLResolver((publicId, systemId, base, namespace) -> {
      throw new XMLStreamException("nothing is fetched");
    });
    return factory;
  }

  /**
   * The texts of a document, in order. Thread-safe.
   *
   * @throws UpnpException when it is no XML, or has a document type
   */
  static List<Text> texts(byte[] document) throws UpnpException {
    try {
      XMLStreamReader reader;
      synchronized (FACTORY) {
        reader = FACTORY.createXMLStreamReader(new ByteArrayInputStream(document));
      }
      return texts(reader);
    } catch (XMLStreamException e) {
      throw new UpnpException("The router's UPnP answers with something that is no XML.");
    }
  }

  private static List<Text> texts(XMLStreamReader reader) throws XMLStreamException, UpnpException {
    List<Text> texts = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    boolean leaf = false;
    while (reader.hasNext()) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          leaf = true;
          text.setLength(0);
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
            text.append(reader.getText());
        case XMLStreamConstants.END_ELEMENT -> {
          if (leaf && texts.size() < MOST_TEXTS) {
            texts.add(new Text(reader.getLocalName(), text.toString().trim()));
          }
          leaf = false;
        }
        case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
            throw new UpnpException("The router's UPnP answers with XML of a dangerous kind.");
        default -> {} // comments and such
      }
    }
    return texts;
  }
}
