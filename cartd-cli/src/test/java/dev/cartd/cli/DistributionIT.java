package dev.cartd.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** What is given away with the program, and what its licences want. */
class DistributionIT {
    private static final Path HOME = Path.of("target/cartd").toAbsolutePath();
    private static final Pattern LINE = Pattern.compile("(\\S+\\.jar): (.+) \\((\\S+)\\)");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^):#]+)(?:#[^)]*)?\\)");

    /** Of several licences one is chosen: one of these must be among them. */
    private static final Set<String> FREE =
            Set.of("Apache-2.0", "MIT", "MIT-0", "BSD-2-Clause", "BSD-3-Clause", "EPL-2.0");

    @Test
    void eachJarIsListedWithALicenceThatMayBeGivenAway() throws IOException {
        Map<String, String> listed = listed();
        assertThat(listed.keySet()).isEqualTo(foreignJars());
        assertThat(listed)
                .allSatisfy((jar, licences) -> assertThat(Arrays.asList(licences.split(" or ")))
                        .as(jar)
                        .containsAnyElementsOf(FREE));
    }

    @Test
    void theBillOfMaterialsHasEachJarWithItsHash() throws Exception {
        assumeThat(HOME.resolve("sbom.cdx.json"))
                .as("Maven was offline and made no bill of materials: it is not checked")
                .exists();
        // JSON is YAML.
        Map<?, ?> bill = new Yaml().load(Files.readString(HOME.resolve("sbom.cdx.json")));
        assertThat(bill.get("bomFormat")).isEqualTo("CycloneDX");
        Map<String, String> hashes = new TreeMap<>();
        for (Map<?, ?> component : maps(bill, "components")) {
            String jar = component.get("name") + "-" + component.get("version") + ".jar";
            assertThat(maps(component, "licenses")).as(jar).isNotEmpty();
            maps(component, "hashes").stream()
                    .filter(hash -> "SHA-256".equals(hash.get("alg")))
                    .forEach(hash -> hashes.put(jar, String.valueOf(hash.get("content"))));
        }
        Map<String, String> jars = new TreeMap<>();
        try (Stream<Path> all = Files.list(HOME.resolve("lib"))) {
            for (Path jar : all.toList()) {
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar));
                jars.put(jar.getFileName().toString(), HexFormat.of().formatHex(hash));
            }
        }
        // The program itself, which is what the bill is about.
        jars.keySet().removeIf(jar -> jar.startsWith("cartd-cli-"));
        assertThat(hashes).isEqualTo(jars);
    }

    @Test
    void theTextOfEachLicenceIsThere() throws IOException {
        assertThat(HOME.resolve("LICENSE")).content().contains("Apache License", "Version 2.0, January 2004");
        assertThat(HOME.resolve("licences/EPL-2.0.md")).content().contains("Eclipse Public License - v 2.0");
        Map<String, String> listed = listed();
        assertThat(listed).allSatisfy((jar, licences) -> {
            List<String> any = Arrays.asList(licences.split(" or "));
            // The texts of the others name their authors, so that each has its own.
            if (!any.contains("Apache-2.0") && !any.contains("EPL-2.0")) {
                assertThat(textOf(jar)).as(jar).content().containsIgnoringWhitespaces("AS IS");
            }
        });
    }

    @Test
    void theNoticesOfTheJarsAreCarriedOn() throws IOException {
        for (String jar : foreignJars()) {
            try (ZipFile zip = new ZipFile(HOME.resolve("lib").resolve(jar).toFile())) {
                for (String name : notices(zip)) {
                    Path copy = HOME.resolve("licences").resolve(stem(jar)).resolve(name);
                    assertThat(copy)
                            .hasBinaryContent(
                                    zip.getInputStream(zip.getEntry(name)).readAllBytes());
                }
            }
        }
        assertThat(HOME.resolve("NOTICE")).content().contains("cartd", "THIRD-PARTY.txt");
    }

    @Test
    void theDocumentsComeWithItAndTheirLinksLeadSomewhere() throws IOException {
        List<Path> documents;
        try (Stream<Path> top = Files.list(HOME);
                Stream<Path> docs = Files.list(HOME.resolve("docs"))) {
            documents = Stream.concat(top, docs)
                    .filter(path -> path.toString().endsWith(".md"))
                    .toList();
        }
        assertThat(documents).contains(HOME.resolve("README.md"), HOME.resolve("docs/operating.md"));
        for (Path document : documents) {
            for (Matcher link = LINK.matcher(Files.readString(document)); link.find(); ) {
                assertThat(document.resolveSibling(link.group(1)))
                        .as("%s: %s", document, link.group())
                        .exists();
            }
        }
    }

    /** The objects of a list; none if there is no list. */
    private static List<Map<?, ?>> maps(Map<?, ?> object, String name) {
        List<Map<?, ?>> maps = new ArrayList<>();
        if (object.get(name) instanceof Collection<?> list) {
            list.forEach(element -> maps.add((Map<?, ?>) element));
        }
        return maps;
    }

    private static Map<String, String> listed() throws IOException {
        try (Stream<String> lines = Files.lines(HOME.resolve("THIRD-PARTY.txt"))) {
            return lines.map(LINE::matcher)
                    .filter(Matcher::matches)
                    .collect(Collectors.toMap(line -> line.group(1), line -> line.group(2), (a, b) -> a, TreeMap::new));
        }
    }

    private static Set<String> foreignJars() throws IOException {
        try (Stream<Path> jars = Files.list(HOME.resolve("lib"))) {
            return jars.map(jar -> jar.getFileName().toString())
                    .filter(name -> !name.startsWith("cartd-"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static Path textOf(String jar) {
        Path licences = HOME.resolve("licences");
        Path own = licences.resolve(jar.startsWith("jline-") ? "JLine.txt" : jar.replaceFirst("-[0-9].*", ".txt"));
        return Files.exists(own) ? own : brought(licences.resolve(stem(jar)).resolve("META-INF"));
    }

    private static Path brought(Path directory) {
        try (Stream<Path> texts = Files.list(directory)) {
            return texts.filter(text -> text.getFileName().toString().startsWith("LICENSE"))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new AssertionError("no licence in " + directory, e);
        }
    }

    private static List<String> notices(ZipFile zip) {
        return zip.stream()
                .map(entry -> entry.getName())
                .filter(name -> name.matches("META-INF/[^/]*NOTICE[^/]*"))
                .toList();
    }

    private static String stem(String jar) {
        return jar.substring(0, jar.length() - ".jar".length());
    }
}
