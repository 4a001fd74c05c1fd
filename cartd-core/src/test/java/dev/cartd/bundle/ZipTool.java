package dev.cartd.bundle;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assumptions.assumeThat;

/** A program that people open zips with. */
enum ZipTool {
    UNZIP("unzip", "-v", "Info-ZIP", "-tqq", "-qq", "-l"),
    PYTHON(
            "python3 -c",
            "import zipfile; print('has zipfile')",
            "has zipfile",
            "import sys, zipfile; bad = zipfile.ZipFile(sys.argv[1]).testzip(); bad and sys.exit(bad)",
            "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall()",
            "import sys, zipfile; [print(i.file_size, i.filename) for i in zipfile.ZipFile(sys.argv[1]).infolist()]"),
    SEVEN_ZIP("7z", "i", "7-Zip", "t", "x", "l"),
    JAR("jar", "--version", "jar", "-tf", "-xf", "-tvf"),
    BSDTAR("bsdtar", "--version", "bsdtar", "-tf", "-xf", "-tvf");

    private static final Path NOTHING = Path.of("/dev/null");

    private final String command;
    private final String ask;
    private final String answer;
    private final String test;
    private final String extract;
    private final String list;

    ZipTool(String command, String ask, String answer, String test, String extract, String list) {
        this.command = command;
        this.ask = ask;
        this.answer = answer;
        this.test = test;
        this.extract = extract;
        this.list = list;
    }

    /** Skips the test on a machine that does not have this program. */
    void assumeHere(Path work) throws Exception {
        boolean here;
        try {
            here = TarTool.run(work, with(ask), NOTHING).contains(answer);
        } catch (AssertionError e) {
            here = false;
        }
        assumeThat(here).as("%s is on this machine", this).isTrue();
    }

    /** Has it compare the CRC-32 of every member, if it can. */
    void test(Path zip, Path work) throws Exception {
        TarTool.run(work, with(test, zip.toString()), NOTHING);
    }

    void extract(Path zip, Path into) throws Exception {
        TarTool.run(into, with(extract, zip.toString()), NOTHING);
    }

    /** Its list of a zip's members, with sizes. */
    String list(Path zip, Path work) throws Exception {
        return TarTool.run(work, with(list, zip.toString()), NOTHING);
    }

    private List<String> with(String... last) {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        words.addAll(List.of(last));
        return words;
    }
}
