package dev.cartd;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.library.Architectures;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/** The rules for the packages of a module: which there are, which may use which, and how large they may be. */
public final class Rooms {
    private static final int MOST_CLASSES = 20;
    private static final Path DOCUMENT = Path.of("../docs/architecture.md");
    private static final Pattern ROOM = Pattern.compile("`([.a-z0-9]+)`");

    private Rooms() {}

    /** Where modules are packaged, the core's tests come as a jar. */
    public static final class NoTestJars implements ImportOption {
        /** One option. */
        public NoTestJars() {}

        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }

    /**
     * These packages, and no others, are in the module and have a row in docs/architecture.md; each may use those
     * before it. One that was renamed or emptied fails.
     */
    public static void pointOneWay(JavaClasses classes, String module, List<String> lowToHigh) {
        assertThat(classes.stream()
                        .map(JavaClass::getPackageName)
                        .filter(name -> name.equals(module) || name.startsWith(module + "."))
                        .collect(Collectors.toSet()))
                .as("the packages of this module, all of which this test names")
                .containsExactlyInAnyOrderElementsOf(lowToHigh);
        Architectures.LayeredArchitecture rule = layeredArchitecture().consideringOnlyDependenciesInLayers();
        for (String room : lowToHigh) {
            rule = rule.layer(room).definedBy(room);
        }
        for (int i = 0; i < lowToHigh.size(); i++) {
            List<String> above = lowToHigh.subList(i + 1, lowToHigh.size());
            rule = above.isEmpty()
                    ? rule.whereLayer(lowToHigh.get(i)).mayNotBeAccessedByAnyLayer()
                    : rule.whereLayer(lowToHigh.get(i)).mayOnlyBeAccessedByLayers(above.toArray(String[]::new));
        }
        rule.check(classes);
        importsPointOneWay(lowToHigh);
        haveARowEach(module, lowToHigh);
    }

    /** The document has one table for each module: that with the package of the module itself. */
    private static void haveARowEach(String module, List<String> rooms) {
        List<String> tables;
        try {
            tables = List.of(Files.readString(DOCUMENT).split("\n\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Set<String> rows = tables.stream()
                .map(table -> roomsOf(table, module))
                .filter(named -> named.contains(module))
                .findFirst()
                .orElse(Set.of());
        assertThat(rows).as("the table of " + module + " in " + DOCUMENT).isEqualTo(Set.copyOf(rooms));
    }

    /** The packages that the first column of a table names; {@code .cart} is short for one of this module. */
    private static Set<String> roomsOf(String table, String module) {
        return table.lines()
                .filter(line -> line.startsWith("| `"))
                .flatMap(line ->
                        ROOM.matcher(line.substring(0, line.indexOf(" |"))).results())
                .map(found -> found.group(1))
                .map(name -> name.startsWith(".") ? module + name : name)
                .collect(Collectors.toSet());
    }

    /** Only the sources show who uses a constant: the compiler copies it. */
    private static void importsPointOneWay(List<String> lowToHigh) {
        for (int i = 0; i < lowToHigh.size(); i++) {
            Pattern above = lowToHigh.subList(i + 1, lowToHigh.size()).stream()
                    .map(Pattern::quote)
                    .collect(Collectors.collectingAndThen(
                            Collectors.joining("|"),
                            rooms -> Pattern.compile("(?m)^import (static )?(" + rooms + ")\\.[A-Z]")));
            Path room = Path.of("src/main/java", lowToHigh.get(i).replace('.', '/'));
            try (DirectoryStream<Path> sources = Files.newDirectoryStream(room, "*.java")) {
                for (Path source : sources) {
                    assertThat(Files.readString(source)).as(source.toString()).doesNotContainPattern(above);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /**
     * No classes use each other in a circle, so that each can be read without the others.
     *
     * @param families the simple names of classes that are only understood together, such as a sealed type and what
     *     implements it: each may use the others of its family
     */
    public static void haveNoCircles(JavaClasses classes, String module, List<Set<String>> families) {
        assertThat(classes.stream().map(JavaClass::getSimpleName).collect(Collectors.toSet()))
                .as("the classes that families name")
                .containsAll(families.stream().flatMap(Set::stream).toList());
        slices().assignedFrom(new Families(module, families))
                .should()
                .beFreeOfCycles()
                .check(classes);
    }

    /** Each class is alone with those that are nested in it, or together with its family. */
    private record Families(String module, List<Set<String>> families) implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass each) {
            if (!each.getPackageName().startsWith(module)) {
                return SliceIdentifier.ignore();
            }
            String name = each.getName().replaceFirst("[$].*", "");
            String simple = name.substring(name.lastIndexOf('.') + 1);
            return families.stream()
                    .filter(family -> family.contains(simple))
                    .findFirst()
                    .map(family -> SliceIdentifier.of(List.copyOf(new TreeSet<>(family))))
                    .orElseGet(() -> SliceIdentifier.of(name));
        }

        @Override
        public String getDescription() {
            return "classes and their families";
        }
    }

    /** No package of the module has more classes than a stranger can look through. */
    public static void areSmall(JavaClasses classes, String module) {
        Map<String, Long> sizes = classes.stream()
                .filter(type -> type.isTopLevelClass() && !type.getSimpleName().equals("package-info"))
                .filter(type -> type.getPackageName().startsWith(module))
                .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
        assertThat(sizes)
                .isNotEmpty()
                .allSatisfy((room, size) ->
                        assertThat(size).as("classes in " + room).isLessThanOrEqualTo(MOST_CLASSES));
    }
}
