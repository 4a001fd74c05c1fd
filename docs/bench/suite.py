"""Benchmarks of the built distribution: each row compares cartd with a program that everybody knows, in pairs.

Needs Linux, Python 3.9, curl, GNU tar and 12 GB in $TMPDIR; nginx, wrk and PostgreSQL for the rows that name them (a
row whose program is missing says so). Writes nothing outside $TMPDIR unless --write is given.
"""
import argparse
import pathlib
import sys
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import plots
import report
import rows
from servers import Missing, Stage


def main():
    parser = argparse.ArgumentParser(
        prog="docs/bench.sh", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="only these rows (default: all)")
    parser.add_argument("--list", action="store_true", help="print the names of the rows")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="pairs for each row (default 5)")
    parser.add_argument("--scale", type=float, default=1, metavar="X",
                        help="files and carts times X, to try the suite itself (its figures mean nothing)")
    parser.add_argument("--plots", action="store_true", help="also draw how cost grows (needs gnuplot; an hour)")
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md, plots beside it")
    arguments = parser.parse_args()
    if arguments.list:
        for name, row in rows.ALL.items():
            print("%-22s %s" % (name, row.__doc__.splitlines()[0]))
        return
    unknown = [name for name in arguments.rows if name not in rows.ALL]
    if unknown:
        parser.error("no such row: %s; --list prints their names" % ", ".join(unknown))
    failed = False
    table = report.Table()
    with Stage(arguments.scale) as stage:
        for name in arguments.rows or rows.ALL:
            try:
                for line in rows.ALL[name](stage, arguments.runs):
                    table.add(line)
            except Missing as missing:
                table.skip(rows.ALL[name].__doc__.splitlines()[0], str(missing))
            except Exception as failure:
                traceback.print_exc()
                table.skip(rows.ALL[name].__doc__.splitlines()[0], "failed: %r" % failure)
                failed = True
        if arguments.plots:
            plots.draw(stage, report.DOCS if arguments.write else pathlib.Path.cwd())
    if arguments.write:
        table.write()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
