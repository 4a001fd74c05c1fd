package dev.cartd.archive.http;

import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** An archive that is asked about lists of files: one file is a list of one. */
public abstract class ListArchive implements Archive {
    /** {@inheritDoc} Throws what {@link #stage(List)} throws, or answers for this file. */
    @Override
    public final void stage(String id) {
        Optional.ofNullable(stage(List.of(id)).failed().get(id)).ifPresent(why -> {
            throw why;
        });
    }

    /** {@inheritDoc} Throws what {@link #status(List)} throws, or answers for this file. */
    @Override
    public final Found status(String id) {
        Status answer = status(List.of(id)).get(id);
        if (answer instanceof Failed failed) {
            throw failed.why();
        }
        return (Found) Objects.requireNonNull(answer);
    }

    @Override
    public abstract Staged stage(List<String> ids);

    @Override
    public abstract Map<String, Status> status(List<String> ids);

    /** The ids that have not failed, in their order. */
    protected static List<String> without(List<String> ids, Map<String, ArchiveException> failed) {
        return ids.stream().filter(id -> !failed.containsKey(id)).toList();
    }
}
