package dev.cartd;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Draws docs/rooms.svg from the classes of the core: a box for each room, lowest first, and an arc from each room to
 * every room that it uses. CONTRIBUTING.md has the command.
 */
final class RoomsPicture {
    static final Path FILE = Path.of("../docs/rooms.svg");
    private static final int ROW = 44;
    private static final int BOX = 250;
    private static final int LEFT = 20;

    private final JavaClasses classes;
    private final List<String> rooms;

    RoomsPicture(JavaClasses classes, List<String> lowToHigh) {
        this.classes = classes;
        this.rooms = lowToHigh;
    }

    /** Writes the picture. */
    public static void main(String[] arguments) throws IOException {
        JavaClasses core =
                new ClassFileImporter(List.of(new ImportOption.DoNotIncludeTests())).importPackages("dev.cartd");
        Files.writeString(Path.of(arguments[0]), new RoomsPicture(core, CoreHouseTest.LOW_TO_HIGH).svg());
    }

    String svg() {
        int height = rooms.size() * ROW + 20;
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 640 %d\""
                        + " font-family=\"sans-serif\" font-size=\"14\">%n"
                        + "<title>The rooms of cartd-core, and which uses which</title>%n"
                        + "<rect width=\"640\" height=\"%d\" fill=\"#ffffff\"/>%n",
                height,
                height));
        for (int user = 0; user < rooms.size(); user++) {
            for (int used = 0; used < user; used++) {
                arc(svg, user, used);
            }
        }
        for (int i = 0; i < rooms.size(); i++) {
            box(svg, i);
        }
        return svg.append("</svg>\n").toString().replace("\r\n", "\n");
    }

    private void arc(StringBuilder svg, int user, int used) {
        boolean uses = classes.stream()
                .filter(type -> type.getPackageName().equals(rooms.get(user)))
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .anyMatch(use -> use.getTargetClass().getPackageName().equals(rooms.get(used)));
        if (uses) {
            int right = LEFT + BOX;
            int bend = right + 20 + (user - used) * 26;
            svg.append(String.format(
                    Locale.ROOT,
                    "<path d=\"M %d %d C %d %d %d %d %d %d\" fill=\"none\" stroke=\"#4477aa\" stroke-opacity=\"0.6\""
                            + " stroke-width=\"2\"><title>%s uses %s</title></path>%n",
                    right,
                    middle(user) + 6,
                    bend,
                    middle(user),
                    bend,
                    middle(used),
                    right,
                    middle(used) - 6,
                    rooms.get(user),
                    rooms.get(used)));
        }
    }

    private void box(StringBuilder svg, int room) {
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\" fill=\"#eef3f8\" stroke=\"#4477aa\"/>%n"
                        + "<text x=\"%d\" y=\"%d\">%s</text>%n",
                LEFT,
                middle(room) - 15,
                BOX,
                30,
                LEFT + 10,
                middle(room) + 5,
                rooms.get(room)));
    }

    private static int middle(int room) {
        return 10 + room * ROW + ROW / 2;
    }
}
