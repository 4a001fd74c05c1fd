package dev.cartd.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Writes a manual page for each command, in the language of {@code man}, and the completion of bash. All is made from
 * the commands as they describe themselves in their help. The build runs this; nothing else does.
 */
public final class Manual {
    private static final String NAME = "cartd";

    private final String version;
    private final String date;

    private Manual(String version, String date) {
        this.version = version;
        this.date = date;
    }

    /**
     * Writes all into a directory, where programs that read manuals look for them.
     *
     * @param args the directory; the version; a moment, such as {@code 2026-11-22T00:00:00Z}, whose day the pages have
     */
    public static void main(String[] args) throws IOException {
        Path share = Path.of(args[0]);
        Manual manual = new Manual(args[1], args[2].substring(0, "2026-11-22".length()));
        CommandLine all = CartdCommand.line(Map.of());
        Path pages = Files.createDirectories(share.resolve("man/man1"));
        Files.writeString(pages.resolve(NAME + ".1"), manual.page(all));
        for (CommandLine command : all.getSubcommands().values()) {
            Files.writeString(pages.resolve(name(command) + ".1"), manual.page(command));
        }
        // The names of Pacifica Cartd lead to the same pages.
        Files.writeString(pages.resolve("pacifica-cartd.1"), ".so man1/cartd-serve.1\n");
        Files.writeString(pages.resolve("pacifica-cartd-cmd.1"), ".so man1/cartd.1\n");
        Path completions = Files.createDirectories(share.resolve("bash-completion/completions"));
        Files.writeString(completions.resolve(NAME), AutoComplete.bash(NAME, all));
    }

    /** The name of the page of a command: {@code cartd-serve}. */
    private static String name(CommandLine command) {
        return command.getCommandSpec().qualifiedName("-");
    }

    private String page(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        List<String> description =
                Stream.of(spec.usageMessage().description()).map(Manual::plain).toList();
        List<String> lines = new ArrayList<>();
        lines.add(".TH " + escaped(name(command)).toUpperCase(Locale.ROOT) + " 1 " + date + " \"" + NAME + " "
                + escaped(version) + "\" \"" + NAME + "\"");
        lines.add(".SH NAME");
        lines.add(escaped(name(command)) + " \\- " + escaped(description.get(0).replaceFirst("\\.$", "")));
        lines.add(".SH SYNOPSIS");
        synopsis(command).forEach(line -> {
            lines.add(escaped(line));
            lines.add(".br");
        });
        lines.add(".SH DESCRIPTION");
        description.forEach(paragraph -> {
            lines.add(".PP");
            lines.add(escaped(paragraph));
        });
        addArguments(lines, "PARAMETERS", spec.positionalParameters());
        addArguments(lines, "OPTIONS", spec.options());
        addCommands(lines, command.getSubcommands().values());
        lines.add(".SH EXIT STATUS");
        lines.add(
                "0 for yes or done, 1 for no or a failure, 2 for wrong usage, unless the description says otherwise.");
        lines.add(".SH SEE ALSO");
        lines.add(
                spec.parent() == null
                        ? "The directory docs beside the program, of which operating.md is for those who run it."
                        : "\\fB" + NAME + "\\fR(1)");
        return String.join("\n", lines) + "\n";
    }

    private static List<String> synopsis(CommandLine command) {
        String[] own = command.getCommandSpec().usageMessage().customSynopsis();
        Stream<String> lines = own.length > 0
                ? Stream.of(own)
                : Stream.of(
                        new CommandLine.Help(command.getCommandSpec(), CommandLine.Help.defaultColorScheme(Ansi.OFF))
                                .synopsis(0));
        return lines.map(line -> plain(line).replaceAll("\\s+", " ").strip()).toList();
    }

    private static void addArguments(List<String> lines, String heading, Collection<? extends ArgSpec> arguments) {
        List<? extends ArgSpec> shown =
                arguments.stream().filter(argument -> !argument.hidden()).toList();
        if (!shown.isEmpty()) {
            lines.add(".SH " + heading);
        }
        for (ArgSpec argument : shown) {
            lines.add(".TP");
            lines.add(argument instanceof OptionSpec option ? names(option) : label(argument));
            lines.add(escaped(plain(String.join(" ", argument.description()))));
        }
    }

    /** The names of an option, with the name of its value. */
    private static String names(OptionSpec option) {
        boolean hasValue = option.arity().max() > 0;
        return Stream.of(option.names())
                .map(name -> "\\fB" + escaped(name) + "\\fR"
                        + (hasValue ? (name.startsWith("--") ? "=" : " ") + label(option) : ""))
                .collect(Collectors.joining(", "));
    }

    private static String label(ArgSpec argument) {
        return "\\fI" + escaped(argument.paramLabel()) + "\\fR";
    }

    private static void addCommands(List<String> lines, Collection<CommandLine> commands) {
        if (!commands.isEmpty()) {
            lines.add(".SH COMMANDS");
        }
        for (CommandLine command : commands) {
            lines.add(".TP");
            lines.add("\\fB" + escaped(name(command)) + "\\fR(1)");
            lines.add(escaped(plain(command.getCommandSpec().usageMessage().description()[0])));
        }
    }

    /** A text of the help without its markup. */
    private static String plain(String text) {
        return Ansi.OFF.string(text.replace("%%", "%"));
    }

    /** A text in ASCII that is no command of roff, and whose hyphens can be searched for and copied. */
    private static String escaped(String text) {
        String ascii = text.replace("\\", "\\e")
                .replace("-", "\\-")
                .codePoints()
                .mapToObj(c -> c < 0x80 ? Character.toString(c) : String.format(Locale.ROOT, "\\[u%04X]", c))
                .collect(Collectors.joining());
        return ascii.startsWith(".") || ascii.startsWith("'") ? "\\&" + ascii : ascii;
    }
}
