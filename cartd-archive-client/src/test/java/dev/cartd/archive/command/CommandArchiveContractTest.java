package dev.cartd.archive.command;

import dev.cartd.ScriptedArchive;
import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** By a program that is as short as a shell can be: it finds a file by the hash of its id as it stands in the JSON. */
class CommandArchiveContractTest extends ArchiveContract {
    private static final String PROGRAM = """
            #!/bin/sh
            here=$(dirname "$0")
            file() { echo "$here/$(printf %s "$1" | sha256sum | cut -c1-64)"; }
            case $1 in
            pull)
                read -r line
                id=${line#'{"id":'}; id=${id%',"from":'*}
                from=${line##*'"from":'}; from=${from%%,*}
                file=$(file "$id")
                [ -f "$file" ] || { echo "cannot open it" >&2; exit 1; }
                if rm "$here/stall" 2>/dev/null; then head -c 500000 "$file"; sleep 1000; fi
                if rm "$here/cut" 2>/dev/null; then head -c 500000 "$file"; exit 1; fi
                tail -c +$((from + 1)) "$file";;
            release|cancel) ;;
            *)
                while read -r line; do
                    id=${line#'{"id":'}; id=${id%'}'}
                    file=$(file "$id")
                    if [ ! -f "$file" ]; then
                        printf '{"id":%s,"missing":true}\n' "$id"
                    elif [ "$1" = status ]; then
                        printf '{"id":%s,%s,"medium":"disk"}\n' "$id" "$(stat -c '"size":%s,"mtime":%.9Y' "$file")"
                    fi
                done;;
            esac
            """;

    @TempDir
    private Path directory;

    private CommandArchive archive;

    @BeforeEach
    void open() throws IOException {
        Path program = Files.writeString(directory.resolve("program"), PROGRAM);
        program.toFile().setExecutable(true);
        archive = new CommandArchive(program, Duration.ofSeconds(20), 8, 1000);
    }

    @AfterEach
    void close() {
        archive.close();
    }

    @Override
    protected Archive archive() {
        return archive;
    }

    @Override
    protected void put(String id, byte[] content, long mtime) throws IOException {
        byte[] text = Program.request(id).get("id").toString().getBytes(StandardCharsets.UTF_8);
        Path file = Files.write(directory.resolve(ScriptedArchive.hash("SHA-256", text)), content);
        Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(mtime, 290_000_000)));
    }

    @Override
    protected boolean stall(String id) {
        return next("stall");
    }

    @Override
    protected boolean cut(String id) {
        return next("cut");
    }

    private boolean next(String fault) {
        try {
            Files.createFile(directory.resolve(fault));
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
