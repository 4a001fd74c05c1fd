package dev.cartd.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** The packages that the build makes: the tar.gz, the Debian package, and what they have for the system. */
class PackagesIT {
    private static final Path TARGET = Path.of("target").toAbsolutePath();
    private static final Path HOME = TARGET.resolve("cartd");
    private static final Path DEB = TARGET.resolve("cartd.deb");
    private static final Pattern COMMAND = Pattern.compile("(?m)^  ([a-z-]+)  ");
    private static final Pattern LISTENING = Pattern.compile("listening on (http://\\S+)");

    @TempDir
    private Path desk;

    /** What would differ when somebody else builds the same, at another time or in another directory. */
    private static void assertOfNobody(TarArchiveEntry entry) {
        assertThat(entry.getLastModifiedTime().toInstant()).as(entry.getName()).isEqualTo(builtAt());
        assertThat(entry.getLongUserId()).as(entry.getName()).isZero();
        assertThat(entry.getLongGroupId()).as(entry.getName()).isZero();
        assertThat(entry.getUserName()).as(entry.getName()).isIn("", "root");
        assertThat(entry.getMode() & 07777).as(entry.getName()).isIn(0644, 0755, 0777);
    }

    /** The moment that the build gives to all files. */
    private static Instant builtAt() {
        try (ZipFile jar = new ZipFile(ownJars().get(0).toFile())) {
            return jar.getEntry("META-INF/MANIFEST.MF").getLastModifiedTime().toInstant();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Path> ownJars() throws IOException {
        try (Stream<Path> jars = Files.list(HOME.resolve("lib"))) {
            return jars.filter(jar -> jar.getFileName().toString().startsWith("cartd-"))
                    .sorted()
                    .toList();
        }
    }

    private static Path tar() throws IOException {
        try (Stream<Path> files = Files.list(TARGET)) {
            return files.filter(file -> file.toString().endsWith(".tar.gz"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void theTarHasTheProgramAndNothingOfThisMachine() throws IOException {
        Path tar = tar();
        try (InputStream in = Files.newInputStream(tar)) {
            // The header of gzip: no name, no time.
            assertThat(in.readNBytes(8)).startsWith(0x1f, 0x8b, 8, 0, 0, 0, 0, 0);
        }
        String top = tar.getFileName().toString().replace(".tar.gz", "/");
        Map<String, Long> files = new TreeMap<>();
        try (TarArchiveInputStream in =
                new TarArchiveInputStream(new GZIPInputStream(new BufferedInputStream(Files.newInputStream(tar))))) {
            for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                assertThat(entry.getName()).startsWith(top);
                assertOfNobody(entry);
                if (entry.isFile()) {
                    boolean isRun = entry.getName().startsWith(top + "bin/");
                    assertThat(entry.getMode() & 0777).as(entry.getName()).isEqualTo(isRun ? 0755 : 0644);
                    files.put(entry.getName().substring(top.length()), entry.getSize());
                }
            }
        }
        Map<String, Long> built = new TreeMap<>();
        try (Stream<Path> all = Files.walk(HOME)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                built.put(HOME.relativize(file).toString(), Files.size(file));
            }
        }
        built.keySet().removeIf(name -> name.startsWith("archive/"));
        assertThat(files).isEqualTo(built);
    }

    @Test
    void ourJarsHaveNothingOfThisMachine() throws IOException {
        for (Path path : ownJars()) {
            try (ZipFile jar = new ZipFile(path.toFile())) {
                assertThat(jar.stream().map(ZipEntry::getLastModifiedTime).collect(Collectors.toSet()))
                        .as(path.toString())
                        .hasSize(1);
                byte[] manifest =
                        jar.getInputStream(jar.getEntry("META-INF/MANIFEST.MF")).readAllBytes();
                assertThat(new String(manifest, StandardCharsets.UTF_8)).doesNotContain("Built-By", TARGET.toString());
            }
        }
    }

    @Test
    void theServiceIsConfined() throws Exception {
        Path unit = HOME.resolve("share/systemd/cartd.service");
        assumeThat(Program.shell(desk, "systemd-analyze security --help | grep -q offline")
                        .exit())
                .as("there is no systemd-analyze that reads files: the unit is not judged")
                .isZero();
        // It fails for an exposure above the threshold, in tenths.
        Program.run(desk, "systemd-analyze security --no-pager --offline=true --threshold=20 " + unit);
        assertThat(Program.shell(desk, "systemd-analyze verify " + unit).err().lines())
                .filteredOn(line -> line.contains("cartd.service"))
                .allMatch(line -> line.matches(".*(/opt/cartd/bin/cartd is not executable|man cartd).*"));
    }

    @Test
    void eachCommandHasAManualPage() throws Exception {
        Set<String> commands = new TreeSet<>(Set.of("cartd", "pacifica-cartd", "pacifica-cartd-cmd"));
        String help = Program.here(Map.of(), "--help").out();
        help.substring(help.indexOf("Commands:"))
                .lines()
                .map(COMMAND::matcher)
                .filter(Matcher::find)
                .forEach(line -> commands.add("cartd-" + line.group(1)));
        Path manual = HOME.resolve("share/man");
        Path pages = manual.resolve("man1");

        assertThat(LiveServer.names(pages))
                .containsExactlyElementsOf(
                        commands.stream().map(name -> name + ".1").sorted().toList());
        assertThat(pages.resolve("cartd-get.1"))
                .content()
                .contains(
                        ".TH CARTD\\-GET 1 2026",
                        "\\fB\\-\\-connections\\fR=\\fIN\\fR",
                        "cartd get [OPTIONS] URL [DIR]");

        assumeThat(Program.shell(desk, "groff --version").exit())
                .as("there is no groff: the manual pages are not formatted")
                .isZero();
        for (String name : LiveServer.names(pages)) {
            Program formatted = Program.shell(manual, "groff -man -Tutf8 -ww -z man1/" + name);
            assertThat(formatted.exit()).as(name).isZero();
            assertThat(formatted.err()).as(name).isEmpty();
        }
    }

    @Test
    void bashCompletesCommandsAndOptions() throws Exception {
        assumeThat(Program.shell(desk, "bash --version").exit())
                .as("there is no bash")
                .isZero();
        Path completion = HOME.resolve("share/bash-completion/completions/cartd");

        assertThat(completed(completion, "'' ser").lines()).contains("serve");
        assertThat(completed(completion, "'' get --gi").lines()).contains("--give-up-after");
    }

    private String completed(Path completion, String words) throws Exception {
        Path script = Files.writeString(
                desk.resolve("complete"),
                "source " + completion + "\nCOMP_WORDS=(" + words + ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
                        + "_complete_cartd\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n");
        return Program.run(desk, "bash " + script);
    }

    @Test
    void theDebianPackageHasNothingOfThisMachine() throws Exception {
        assumeDpkg();
        Path data = desk.resolve("data.tar");
        Program.run(desk, "dpkg-deb --fsys-tarfile " + DEB + " > " + data);
        Map<String, String> links = new TreeMap<>();
        Set<String> jars = new TreeSet<>();
        try (TarArchiveInputStream in =
                new TarArchiveInputStream(new BufferedInputStream(Files.newInputStream(data)))) {
            for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                assertOfNobody(entry);
                String name = entry.getName().replaceFirst("^\\./", "");
                if (entry.isSymbolicLink()) {
                    links.put(name, entry.getLinkName());
                } else if (name.endsWith(".jar")) {
                    jars.add(name.replaceFirst("^opt/cartd/lib/", ""));
                }
            }
        }
        assertThat(jars).containsExactlyElementsOf(LiveServer.names(HOME.resolve("lib")));
        assertThat(links)
                .containsOnlyKeys(
                        "usr/bin/cartd",
                        "usr/bin/cartd-prepare",
                        "usr/bin/pacifica-cartd",
                        "usr/bin/pacifica-cartd-cmd");
    }

    @Test
    void theDebianPackageIsInstalledUpgradedAndRemoved() throws Exception {
        assumeDpkg();
        assumeThat(System.getProperty("user.name"))
                .as("only root may install packages: that is not tried")
                .isEqualTo("root");
        Path root = emptySystem();
        String dpkg = "dpkg --root=" + root + " --force-depends --force-script-chrootless --force-unsafe-io"
                + " --force-confold --log=/dev/null";
        assumeThat(Program.shell(desk, "dpkg --force-help | grep -q script-chrootless")
                        .exit())
                .as("this dpkg installs into no other system: that is not tried")
                .isZero();

        Program.run(desk, dpkg + " -i " + DEB);
        Path config = root.resolve("etc/cartd/config.ini");
        assertThat(root.resolve("etc/passwd")).content().contains("cartd:x:");
        assertThat(Files.getAttribute(root.resolve("var/lib/cartd"), "unix:uid"))
                .isEqualTo(uid(root));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(config)))
                .isEqualTo("rw-r-----");
        String edited = Files.readString(config).replace("/var/lib/cartd", root + "/var/lib/cartd");
        Files.writeString(config, edited);
        assertServes(root, config);

        Path archive = Files.createDirectories(root.resolve("opt/cartd/archive"));
        Files.writeString(archive.resolve("java-17.jsa"), "of the version before");
        Program.run(desk, dpkg + " -i " + newer());
        assertThat(archive).doesNotExist();
        assertThat(Files.readString(config)).isEqualTo(edited);
        assertThat(root.resolve("opt/cartd/lib/news")).exists();
        assertThat(Program.run(desk, "dpkg-query --admindir=" + root + "/var/lib/dpkg -W cartd"))
                .isEqualTo("cartd\t9.0\n");
        assertThat(Program.run(desk, "JAVA_OPTS=-Xshare:off " + root + "/usr/bin/cartd --version"))
                .startsWith("cartd ");

        Files.createDirectories(archive);
        Program.run(desk, dpkg + " -r cartd");
        assertThat(root.resolve("opt/cartd")).doesNotExist();
        assertThat(root.resolve("usr/bin/cartd")).doesNotExist();
        assertThat(config).exists();

        Program.run(desk, dpkg + " -P cartd");
        assertThat(config).doesNotExist();
        // Carts and their database are the operator's.
        assertThat(root.resolve("var/lib/cartd/db.sqlite3")).exists();
        assertThat(root.resolve("var/lib/cartd/volume/.cartd-volume")).exists();
    }

    private void assumeDpkg() throws Exception {
        assumeThat(Program.shell(desk, "dpkg --version").exit())
                .as("there is no dpkg: the Debian package is not tried")
                .isZero();
    }

    /** A directory that dpkg takes for a system without packages and users. */
    private Path emptySystem() throws IOException {
        Path root = desk.resolve("root");
        for (String directory : List.of("info", "updates", "triggers")) {
            Files.createDirectories(root.resolve("var/lib/dpkg").resolve(directory));
        }
        Files.createFile(root.resolve("var/lib/dpkg/status"));
        Files.createDirectories(root.resolve("etc"));
        for (String file : List.of("passwd", "group", "shadow", "gshadow")) {
            Files.createFile(root.resolve("etc").resolve(file));
        }
        return root;
    }

    private static int uid(Path root) throws IOException {
        return Integer.parseInt(Files.readString(root.resolve("etc/passwd")).split(":")[2]);
    }

    /** The same package as a later version, with another example of a configuration. */
    private Path newer() throws Exception {
        Path tree = desk.resolve("newer");
        Program.run(desk, "dpkg-deb -R " + DEB + " " + tree);
        Program.run(tree, "sed -i 's/^Version: .*/Version: 9.0/' DEBIAN/control");
        Files.writeString(tree.resolve("opt/cartd/lib/news"), "");
        Files.writeString(tree.resolve("etc/cartd/config.ini"), "# Another one.\n");
        Path package9 = desk.resolve("newer.deb");
        Program.run(desk, "dpkg-deb --root-owner-group -Znone -b " + tree + " " + package9);
        return package9;
    }

    /** The installed program starts, answers, and ends when it is told to. */
    private void assertServes(Path root, Path config) throws Exception {
        Path log = desk.resolve("log");
        ProcessBuilder builder =
                new ProcessBuilder(root + "/usr/bin/cartd", "-c", config.toString(), "serve", "-p", "0");
        builder.environment().put("HOME", root + "/var/lib/cartd");
        // No class archive is made beside the test.
        builder.environment().put("JAVA_OPTS", "-Xshare:off -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m");
        Process process = builder.directory(desk.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            await().until(() -> {
                assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
                return LISTENING.matcher(Files.readString(log)).find();
            });
            Matcher listening = LISTENING.matcher(Files.readString(log));
            assertThat(listening.find()).isTrue();
            URI health = URI.create(listening.group(1) + "/-/health");
            HttpURLConnection answer = (HttpURLConnection) health.toURL().openConnection();
            assertThat(answer.getResponseCode()).isEqualTo(200);
            process.destroy();
            assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(log)).isZero();
        } finally {
            process.destroyForcibly();
        }
    }
}
