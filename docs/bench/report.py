"""The table of a run."""
import datetime
import os
import pathlib
import platform
import statistics
import subprocess

DOCS = pathlib.Path(__file__).resolve().parents[1]
BEGIN, END = "<!-- table: docs/bench.sh --write -->\n", "<!-- end of table -->\n"


class Line:
    """One line: what was compared, pairs of (cartd, other), and what else was seen."""

    def __init__(self, what, other, pairs=(), unit="s", note="", faster=True):
        self.what, self.other, self.pairs, self.unit, self.note = what, other, list(pairs), unit, note
        self.faster = faster


def spread(values, form="%.2f"):
    values = sorted(values)
    middle = form % statistics.median(values)
    return middle if len(values) == 1 else "%s [%s-%s]" % (middle, form % values[0], form % values[-1])


class Table:
    def __init__(self):
        self.lines = ["| what | cartd | compared with | ratio | also |", "| --- | ---: | ---: | ---: | --- |"]
        print("\n".join(self.lines), flush=True)

    def add(self, line):
        mine = spread([a for a, _ in line.pairs], form(line)) + " " + line.unit
        theirs = [b for _, b in line.pairs if b is not None]
        other = "%s: %s %s" % (line.other, spread(theirs, form(line)), line.unit) if theirs else line.other
        ratio = spread([a / b for a, b in line.pairs if b]) if theirs else ""
        self.put("| %s | %s | %s | %s | %s |" % (line.what, mine, other, ratio, line.note))

    def skip(self, what, why):
        self.put("| %s | not run: %s | | | |" % (what, why))

    def put(self, text):
        self.lines.append(text)
        print(text, flush=True)

    def write(self):
        page = DOCS / "benchmarks.md"
        before, rest = page.read_text().split(BEGIN)
        page.write_text(before + BEGIN + "\n" + machine() + "\n\n" + "\n".join(self.lines) + "\n\n" + END
                        + rest.split(END)[1])


def form(line):
    biggest = max(max(a, b or 0) for a, b in line.pairs)
    return "%.0f" if biggest >= 100 else "%.3f" if biggest < 0.1 else "%.2f"


def machine():
    java = subprocess.run(["java", "-version"], capture_output=True, text=True).stderr.splitlines()[0]
    commit = subprocess.run(["git", "-C", str(DOCS), "rev-parse", "--short", "HEAD"],
                            capture_output=True, text=True).stdout.strip() or "no checkout"
    return "%s, commit %s, %d cores, %s, Linux %s, load %.1f at the end. Medians, in brackets the least and the most." % (
        datetime.date.today(), commit, os.cpu_count(), java.replace('"', ""), platform.release(), os.getloadavg()[0])
