package dev.cartd.cli.print;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jline.utils.WCWidth;

/**
 * How wide the columns of a table are, and on which side their texts stand. They are as wide as they look: a Chinese
 * character takes two columns of a terminal, a combining accent none.
 */
final class Columns {
    private static final String CUT = "…";

    /** What the last column, and the one before it, keep as long as the line can be made to fit otherwise. */
    private static final int LAST_KEEPS = 20;

    private static final int SECOND_LAST_KEEPS = 12;

    private final int[] widths;

    /** Columns of these widths; negative for texts that stand on the left. The last one is as wide as its text. */
    Columns(int... widths) {
        this.widths = widths.clone();
    }

    /** One line of the table. Texts that are too long for their columns push the others away. */
    String row(List<String> cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            boolean last = i == cells.size() - 1;
            String gap = " ".repeat(last ? 0 : Math.max(0, Math.abs(widths[i]) - width(cells.get(i))));
            line.append(i == 0 ? "" : " ").append(widths[i] > 0 ? gap + cells.get(i) : cells.get(i) + gap);
        }
        return line.toString().stripTrailing();
    }

    /** These rows, no line of which is wider than the screen: the last two columns are cut, then the line. */
    List<String> fitted(List<List<String>> rows, int screen) {
        int[] fitting = new int[widths.length];
        for (List<String> row : rows) {
            for (int i = 0; i < fitting.length; i++) {
                fitting[i] = Math.max(fitting[i], width(row.get(i)));
            }
        }
        int last = fitting.length - 1;
        int excess = Arrays.stream(fitting).sum() + last - screen;
        excess -= shrink(fitting, last, LAST_KEEPS, excess);
        shrink(fitting, last - 1, SECOND_LAST_KEEPS, excess);
        Columns narrow = new Columns(signed(fitting));
        return rows.stream()
                .map(row -> cut(narrow.row(narrow.cut(row)), screen))
                .toList();
    }

    private static int shrink(int[] fitting, int column, int keeps, int excess) {
        int given = Math.max(0, Math.min(excess, fitting[column] - keeps));
        fitting[column] -= given;
        return given;
    }

    private int[] signed(int[] fitting) {
        int[] signed = new int[fitting.length];
        for (int i = 0; i < fitting.length; i++) {
            signed[i] = widths[i] > 0 ? fitting[i] : -fitting[i];
        }
        return signed;
    }

    private List<String> cut(List<String> row) {
        List<String> cells = new ArrayList<>();
        for (int i = 0; i < row.size(); i++) {
            cells.add(cut(row.get(i), Math.abs(widths[i])));
        }
        return cells;
    }

    /** How many columns of a terminal a text takes. */
    static int width(String text) {
        return text.codePoints().map(c -> Math.max(0, WCWidth.wcwidth(c))).sum();
    }

    /** A text of at most this width: one that is cut ends in three dots. */
    static String cut(String text, int most) {
        if (width(text) <= most) {
            return text;
        }
        StringBuilder begin = new StringBuilder();
        int left = most - CUT.length();
        for (int c : text.codePoints().toArray()) {
            left -= Math.max(0, WCWidth.wcwidth(c));
            if (left < 0) {
                break;
            }
            begin.appendCodePoint(c);
        }
        return most < CUT.length() ? "" : begin + CUT;
    }
}
