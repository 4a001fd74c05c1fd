package dev.cartd.server.page;

import java.util.Locale;

/** Makes characters visible that would hide or reorder others. */
public final class Visible {
    private Visible() {}

    /**
     * The text with a sign such as {@code ⟨U+202E⟩} in place of each control character, unpaired surrogate, line
     * separator, and each character that changes the direction of the text behind it. Letters of any script stay, and
     * so do the invisible joiners that some scripts and emoji need.
     */
    public static String text(String text) {
        if (text.codePoints().noneMatch(Visible::hides)) {
            return text;
        }
        StringBuilder visible = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (hides(c)) {
                visible.append(String.format(Locale.ROOT, "⟨U+%04X⟩", c));
            } else {
                visible.appendCodePoint(c);
            }
        });
        return visible.toString();
    }

    /** How many bytes the text takes in a page, once it is visible and escaped. */
    static int bytes(String text) {
        return text.codePoints().map(Visible::bytes).sum();
    }

    private static int bytes(int c) {
        if (hides(c)) {
            // The brackets take three bytes each.
            return c < 0x10000 ? 12 : 14;
        }
        if (c < 0x80) {
            return "&<>\"'".indexOf(c) < 0 ? 1 : 5;
        }
        return c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    }

    private static boolean hides(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE ->
                true;
            // The joiners, which are letters to those who read them.
            case Character.FORMAT -> c != 0x200C && c != 0x200D;
            default -> false;
        };
    }
}
