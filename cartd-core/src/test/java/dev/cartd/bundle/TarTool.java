package dev.cartd.bundle;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** A program that people extract tars with. */
enum TarTool {
    GNU_TAR("tar", "--version", "GNU tar"),
    BSDTAR("bsdtar", "--version", "bsdtar"),
    PYTHON(
            "python3 -c",
            "import tarfile; print(tarfile.data_filter.__name__)",
            "data_filter",
            "import sys, tarfile; tarfile.open(fileobj=sys.stdin.buffer, mode='r|').extractall(filter='data')",
            "import sys, tarfile; [print(m.size, m.name) for m in tarfile.open(sys.argv[1])]");

    private final String command;
    private final String ask;
    private final String answer;
    private final String extract;
    private final String list;

    TarTool(String command, String ask, String answer) {
        this(command, ask, answer, "-xf-", "-tvf");
    }

    TarTool(String command, String ask, String answer, String extract, String list) {
        this.command = command;
        this.ask = ask;
        this.answer = answer;
        this.extract = extract;
        this.list = list;
    }

    /** Skips the test on a machine that does not have this program, or not one that can do what is tested. */
    void assumeHere(Path work) throws Exception {
        boolean here;
        try {
            here = run(work, with(ask), Path.of("/dev/null")).contains(answer);
        } catch (AssertionError e) {
            here = false;
        }
        assumeThat(here).as("%s is on this machine", this).isTrue();
    }

    /** Extracts a tar that comes through a pipe, and answers its complaints. */
    String extract(Path tar, Path into) throws Exception {
        return run(into, with(extract), tar);
    }

    /** Its list of a tar's members, with sizes. */
    String list(Path tar, Path work) throws Exception {
        List<String> words = with(list);
        words.add(tar.toString());
        return run(work, words, Path.of("/dev/null"));
    }

    private List<String> with(String last) {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        words.add(last);
        return words;
    }

    /** Runs a program to its end, with an input that it cannot seek in, and answers all that it said. */
    static String run(Path directory, List<String> words, Path input) throws Exception {
        List<String> shell =
                new ArrayList<>(List.of("sh", "-c", "umask 022; input=$1; shift; cat \"$input\" | \"$@\"", "sh"));
        shell.add(input.toString());
        shell.addAll(words);
        Path output = Files.createTempFile("cartd-tool", ".txt");
        try {
            return run(new ProcessBuilder(shell).directory(directory.toFile()), output);
        } finally {
            Files.delete(output);
        }
    }

    /** What find says of an extracted tree, whose names this process might not be able to tell in its locale. */
    static List<String> found(Path extracted, String... find) throws Exception {
        String said = run(extracted, List.of(find), Path.of("/dev/null"));
        return said.isEmpty() ? List.of() : List.of(said.split("\0"));
    }

    private static String run(ProcessBuilder builder, Path output) throws IOException, InterruptedException {
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(60, TimeUnit.SECONDS);
        process.destroyForcibly();
        String said = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(ended).as("%s ended; it said %s", builder.command(), said).isTrue();
        assertThat(process.exitValue())
                .as("%s said %s", builder.command(), said)
                .isZero();
        return said;
    }
}
