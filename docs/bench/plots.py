"""How cost grows with files, bytes, carts and clients, as SVG drawn by gnuplot."""
import subprocess

import rows
from servers import needed, run, seconds


def draw(stage, directory):
    gnuplot = needed("gnuplot")
    for name, title, axis, points in (
            ("files", "One cart of files of 1 KiB", "files", list(files(stage))),
            ("bytes", "One cart of 4 files", "MiB", list(sizes(stage))),
            ("carts", "Carts of 3 × 1 KiB from 8 clients", "carts", list(carts(stage))),
            ("clients", "Downloads of one cart of 2,000 × 10 KiB at once", "clients", list(clients(stage)))):
        data = stage.root / (name + ".dat")
        data.write_text("".join("%g %g %g\n" % point for point in points))
        subprocess.run([gnuplot], input="""
set terminal svg size 640,400 font "sans-serif" background "white"
set output "%s/bench-%s.svg"
set title "%s"
set xlabel "%s"
set ylabel "seconds"
set logscale xy
set key top left
set grid
plot "%s" using 1:2 with linespoints title "POST to ready", "" using 1:3 with linespoints title "download"
""" % (directory, name, title, axis, data), text=True, check=True)


def both(cartd, uid, body):
    ready = seconds(lambda: cartd.make(uid, body)) if body else None
    return ready, seconds(lambda: run("curl", "-s", "-o", "/dev/null", cartd.url + "/" + uid + "?filename=x"))


def files(stage):
    for count in (1, 10, 100, 1_000, 10_000, 100_000):
        with stage.cartd() as cartd:
            cartd.make("warm", stage.files(1_000, 1 << 10).request())
            yield (count, *both(cartd, "c", stage.files(count, 1 << 10).request()))


def sizes(stage):
    with stage.cartd() as cartd:
        for mib in (1, 4, 16, 64, 256):
            yield (4 * mib, *both(cartd, "c%d" % mib, stage.files(4, mib << 20).request()))


def carts(stage):
    files = stage.files(9_000, 1 << 10)
    for count in (10, 100, 1_000, 10_000):
        with stage.cartd() as cartd:
            ready, _, _ = rows.carts_ready(cartd, files, count)
            yield count, ready, seconds(lambda: run("curl", "-s", "-o", "/dev/null", cartd.url + "/s0?filename=x"))


def clients(stage):
    body = stage.files(2_000, 10 << 10).request()
    with stage.cartd() as cartd:
        ready = seconds(lambda: cartd.make("c", body))
        for count in (1, 4, 16, 64, 256):
            def all_at_once():
                started = [subprocess.Popen(["curl", "-s", "-o", "/dev/null", cartd.url + "/c?filename=x"])
                           for _ in range(count)]
                for one in started:
                    one.wait()
            yield count, ready, seconds(all_at_once)
