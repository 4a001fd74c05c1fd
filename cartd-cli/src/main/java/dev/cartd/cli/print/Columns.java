package dev.cartd.cli.print;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jline.utils.WCWidth;

/**
 * The widths of the columns of a table, and on which side their texts are aligned. Widths are those on a terminal: a
 * Chinese character takes two columns, a combining accent none.
 */
final class Columns {
    private static final String CUT = "…";

    /** The least width of the last column when a line is fitted to a terminal. */
    private static final int LAST_KEEPS = 20;

    /** The least width of the column before it. */
    private static final int SECOND_LAST_KEEPS = 12;

    private final int[] widths;

    /** Columns of these widths; negative for texts aligned to the left. The last column is as wide as its text. */
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

    /** These rows as lines no wider than the terminal: the last two columns are cut, then the line. */
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

    /** The number of terminal columns that a text takes. */
    static int width(String text) {
        return text.codePoints().map(c -> Math.max(0, WCWidth.wcwidth(c))).sum();
    }

    /** The text cut to this width; a cut text ends in an ellipsis. */
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
