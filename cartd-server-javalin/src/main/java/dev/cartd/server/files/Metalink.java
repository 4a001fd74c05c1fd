package dev.cartd.server.files;

import dev.cartd.CartDetails;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.Checksum;
import dev.cartd.server.http.OwnPaths;
import java.io.StringWriter;
import java.util.Map;
import java.util.Objects;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** All files of a cart with their sizes, hashes and addresses, as a Metalink document (RFC 5854). */
final class Metalink extends FileLines {
    static final String TYPE = "application/metalink4+xml";

    private static final XMLOutputFactory FACTORY = XMLOutputFactory.newFactory();

    /**
     * The names of types of hashes, by ours. The others have no registered name, but clients skip what they do not
     * know.
     */
    private static final Map<String, String> NAMES = Map.of(
            "sha1", "sha-1",
            "sha224", "sha-224",
            "sha256", "sha-256",
            "sha384", "sha-384",
            "sha512", "sha-512");

    private final String server;
    private final OwnPaths paths;
    private final String prefix;

    /**
     * @param server what comes before the paths of addresses, such as {@code http://cartd.example.org:8081}
     * @param top the directory that the files are in; empty for none
     */
    Metalink(CartDetails details, Cart cart, String server, OwnPaths paths, String top) {
        super(details, cart);
        this.server = server;
        this.paths = paths;
        this.prefix = top.isEmpty() ? "" : top + "/";
    }

    @Override
    String begin() {
        return """
                <?xml version="1.0" encoding="UTF-8"?>
                <metalink xmlns="urn:ietf:params:xml:ns:metalink">
                <generator>cartd</generator>
                """;
    }

    @Override
    String end() {
        return "</metalink>\n";
    }

    @Override
    String line(CartFile file, String path) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = FACTORY.createXMLStreamWriter(text);
            xml.writeStartElement("file");
            xml.writeAttribute("name", inXml(prefix + path));
            if (file.known()) {
                write(xml, "size", Long.toString(file.size()));
            }
            hash(xml, file.checksum());
            write(xml, "url", server + paths.file(path));
            xml.writeEndElement();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("memory refused text", e);
        }
        return text.append('\n').toString();
    }

    private static void hash(XMLStreamWriter xml, Checksum checksum) throws XMLStreamException {
        if (checksum.problem().isEmpty()) {
            String type = checksum.type();
            xml.writeStartElement("hash");
            xml.writeAttribute("type", Objects.requireNonNullElse(NAMES.get(type), type.replace('_', '-')));
            xml.writeCharacters(checksum.value());
            xml.writeEndElement();
        }
    }

    private static void write(XMLStreamWriter xml, String element, String text) throws XMLStreamException {
        xml.writeStartElement(element);
        xml.writeCharacters(text);
        xml.writeEndElement();
    }

    /** XML has no way to write these two characters, which a path may have. */
    private static String inXml(String text) {
        return text.replace('\ufffe', '_').replace('\uffff', '_');
    }
}
