package dev.cartd.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Every class and member that a document for developers names is there, so that a renamed one is noticed. */
class DocumentNamesTest {
    private static final List<String> DOCUMENTS = List.of("docs/architecture.md", "docs/extending.md");

    /** Names of the JDK and of libraries. */
    private static final Set<String> OTHERS =
            Set.of("CommandLine", "IOException", "MessageDigest", "MessageDigestSpi", "Security", "System");

    private static final Pattern CODE =
            Pattern.compile("(?:`|\\{@code )(?:[a-z]+\\.)*([A-Z]\\w*[a-z]\\w*)((?:\\.\\w+)*)[`}(]");
    private static final Pattern TYPE = Pattern.compile("\\b(?:class|interface|record|enum) ([A-Z]\\w+)");

    @Test
    void documentsNameClassesAndMembersThatAreThere() throws IOException {
        Map<String, String> texts = textsOfTypes();
        List<String> wrong = new ArrayList<>();
        for (String document : DOCUMENTS) {
            addWrong(Path.of("..", document), texts, wrong);
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void packagesNameClassesThatAreThere() throws IOException {
        Map<String, String> texts = textsOfTypes();
        List<String> wrong = new ArrayList<>();
        for (Path source : Sources.main()) {
            if (source.endsWith("package-info.java")) {
                addWrong(source, texts, wrong);
            }
        }
        assertThat(wrong).isEmpty();
    }

    /** The sources that declare each type, by the type's simple name. */
    private static Map<String, String> textsOfTypes() throws IOException {
        Map<String, String> texts = new HashMap<>();
        for (Path source : Sources.all()) {
            String text = Files.readString(source);
            TYPE.matcher(text).results().forEach(type -> texts.merge(type.group(1), text, String::concat));
        }
        return texts;
    }

    private static void addWrong(Path document, Map<String, String> texts, List<String> wrong) throws IOException {
        CODE.matcher(Files.readString(document))
                .results()
                .filter(name -> !OTHERS.contains(name.group(1)) && !isThere(name, texts))
                .forEach(name -> wrong.add(document + ": " + name.group()));
    }

    private static boolean isThere(MatchResult name, Map<String, String> texts) {
        String text = texts.getOrDefault(name.group(1), "");
        String member = name.group(2).replaceFirst(".*\\.", "");
        return !text.isEmpty()
                && Pattern.compile("\\b" + member + "\\b").matcher(text).find();
    }
}
