package dev.cartd.cli.print;

import dev.cartd.store.StoredCart;
import java.io.IOException;
import java.io.Writer;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.emitter.Emitter;
import org.yaml.snakeyaml.events.DocumentEndEvent;
import org.yaml.snakeyaml.events.DocumentStartEvent;
import org.yaml.snakeyaml.events.ImplicitTuple;
import org.yaml.snakeyaml.events.MappingEndEvent;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceEndEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;
import org.yaml.snakeyaml.events.StreamEndEvent;
import org.yaml.snakeyaml.events.StreamStartEvent;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Writes carts as YAML, as Pacifica Cartd does: in blocks, with sorted keys, in ASCII, and an empty line at the end.
 */
public final class YamlDump implements DumpFormat {
    private final Resolver resolver = new Resolver();
    private final Writer out;
    private final Emitter emitter;

    public YamlDump(Writer out) throws IOException {
        DumperOptions options = new DumperOptions();
        options.setAllowUnicode(false);
        this.out = out;
        emitter = new Emitter(out, options);
        emitter.emit(new StreamStartEvent(null, null));
        emitter.emit(new DocumentStartEvent(null, null, false, null, Map.of()));
        beginList();
    }

    @Override
    public void cart(StoredCart cart) throws IOException {
        TreeMap<String, String> columns = new TreeMap<>(cart.columns());
        beginMap();
        members(columns.headMap("files"));
        Iterator<Map<String, String>> files = cart.files().iterator();
        if (files.hasNext()) {
            scalar("files");
            beginList();
            while (files.hasNext()) {
                beginMap();
                members(new TreeMap<>(files.next()));
                emitter.emit(new MappingEndEvent(null, null));
            }
            emitter.emit(new SequenceEndEvent(null, null));
        }
        members(columns.tailMap("files"));
        emitter.emit(new MappingEndEvent(null, null));
    }

    @Override
    public void end() throws IOException {
        emitter.emit(new SequenceEndEvent(null, null));
        emitter.emit(new DocumentEndEvent(null, null, false));
        emitter.emit(new StreamEndEvent(null, null));
        out.write("\n");
    }

    private void beginList() throws IOException {
        emitter.emit(new SequenceStartEvent(null, null, true, null, null, FlowStyle.BLOCK));
    }

    private void beginMap() throws IOException {
        emitter.emit(new MappingStartEvent(null, null, true, null, null, FlowStyle.BLOCK));
    }

    private void members(Map<String, String> columns) throws IOException {
        for (Map.Entry<String, String> column : columns.entrySet()) {
            scalar(column.getKey());
            scalar(column.getValue());
        }
    }

    /** Writes a text; in quotes if YAML would read it as another type without them. */
    private void scalar(String text) throws IOException {
        boolean plain = resolver.resolve(NodeId.scalar, text, true).equals(Tag.STR);
        emitter.emit(new ScalarEvent(null, null, new ImplicitTuple(plain, true), text, null, null, ScalarStyle.PLAIN));
    }
}
