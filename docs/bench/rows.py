"""The rows: each is a function of the stage and the number of runs that yields lines of the table."""
import concurrent.futures
import http.client
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

import servers
from report import Line, spread
from servers import CARTD, Missing, needed, run, seconds, until

MIB = 1 << 20
GIB = 1 << 30


def curl_all(stage, files):
    """Seconds in which curl fetches all files, eight at a time."""
    config = files.curl_config(stage.archive.url, stage.fresh())
    return seconds(lambda: run(needed("curl"), "-s", "--no-progress-meter", "-Z", "--parallel-max", "8", "-K", config))


def pull_small(stage, runs, count, size, what):
    files = stage.files(count, size)
    body = files.request()
    pairs, cpus = [], []
    with stage.cartd() as cartd:
        for i in range(runs):
            before = cartd.cpu()
            mine = seconds(lambda: cartd.make("c%d" % i, body))
            cpus.append((cartd.cpu() - before) * 1000 / files.count)
            pairs.append((mine, curl_all(stage, files)))
    yield Line(what, "curl --parallel-max 8", pairs, note="%s ms of CPU for each file" % spread(cpus))


def ready_1000(stage, runs):
    """1,000 × 10 KiB, POST to ready"""
    yield from pull_small(stage, runs, 1_000, 10 << 10, "1,000 × 10 KiB, POST to ready")


def ready_20000(stage, runs):
    """20,000 × 10 KiB, POST to ready"""
    yield from pull_small(stage, runs, 20_000, 10 << 10, "20,000 × 10 KiB, POST to ready")


def ready_large(stage, runs):
    """4 × 256 MiB, POST to ready"""
    files = stage.files(4, 256 * MIB)

    def hashed_copy():
        out = stage.fresh()
        for i, item in enumerate(files.items):
            run("bash", "-c", 'curl -s "$1" | tee "$2" | sha256sum', "-", stage.archive.url + "/" + item["id"], out / str(i))
        run("sync", "-f", out)
        shutil.rmtree(out)

    pairs, forms = [], []
    with stage.cartd() as cartd:
        for i in range(runs):
            mine = seconds(lambda: cartd.make("t%d" % i, files.request()))
            cartd.remove("t%d" % i)
            pairs.append((mine, seconds(hashed_copy)))
            bundled = seconds(lambda: cartd.make("b%d" % i, files.request(bundle=True)))
            cartd.remove("b%d" % i)
            forms.append((bundled, mine))
    yield Line("4 × 256 MiB, POST to ready", "curl, tee, sha256sum, sync", pairs)
    yield Line("4 × 256 MiB, bundled", "streamed", forms)


def small_carts(stage, runs):
    """3,000 carts of 3 × 1 KiB, 8 clients posting"""
    count = max(30, int(3_000 * stage.scale))
    files = stage.files(9_000, 1 << 10)
    with stage.cartd() as cartd:
        for i in range(200):
            one_cart(cartd, files, i)
        one = [one_cart(cartd, files, i) for i in range(200, 200 + runs * 10)]
        ready, posted, posts = carts_ready(cartd, files, count)
    yield Line("%d carts of 3 × 1 KiB, POST to ready" % count, "", [(count / ready, None)], unit="carts/s",
               note="8 clients; POST %.0f/s, p50 %.0f ms, p99 %.0f ms" % (
                   count / posted, posts[count // 2] * 1000, posts[count * 99 // 100] * 1000))
    yield Line("one cart of one file, idle server that made 200", "", [(t * 1000, None) for t in one], unit="ms")


def carts_ready(cartd, files, count):
    """Posts carts from 8 clients; the seconds until all are ready, until all are posted, and of each POST."""
    begin = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(8) as clients:
        posts = sorted(took for some in clients.map(lambda k: post_some(cartd, files, range(k, count, 8)), range(8))
                       for took in some)
    posted = time.monotonic() - begin
    for i in range(count):
        cartd.await_ready("s%d" % i)
    return time.monotonic() - begin, posted, posts


def request(files, first, count):
    return json.dumps(dict(fileids=[files.items[i % files.count] for i in range(first, first + count)])).encode()


def one_cart(cartd, files, i):
    body = request(files, i, 1)
    time.sleep(0.05)
    return seconds(lambda: cartd.make("one%d" % i, body))


def post_some(cartd, files, numbers):
    """How long each POST of a client with a connection of its own takes."""
    connection = http.client.HTTPConnection("127.0.0.1", cartd.port, timeout=600)
    took = []
    for i in numbers:
        body = request(files, 3 * i, 3)
        begin = time.monotonic()
        connection.request("POST", "/s%d" % i, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        response.read()
        took.append(time.monotonic() - begin)
        if response.status != 201:
            raise RuntimeError("POST was answered %d" % response.status)
    connection.close()
    return took


def downloads(stage, runs, files, bundle, what):
    """Pairs of a cart's download and that of the same tar from nginx."""
    ready = stage.archive_root / "ready.tar"
    pairs, mine_cpu, its_cpu = [], [], []
    with stage.cartd() as cartd:
        cartd.make("d", files.request(bundle=bundle))
        run("curl", "-s", "-o", ready, cartd.url + "/d?filename=x")
        size = ready.stat().st_size
        for _ in range(runs):
            before = cartd.cpu(), stage.archive.cpu()
            mine = seconds(lambda: run("curl", "-s", "-o", "/dev/null", cartd.url + "/d?filename=x"))
            its = seconds(lambda: run("curl", "-s", "-o", "/dev/null", stage.archive.url + "/ready.tar"))
            pairs.append((size / MIB / mine, size / MIB / its))
            mine_cpu.append((cartd.cpu() - before[0]) * GIB / size)
            its_cpu.append((stage.archive.cpu() - before[1]) * GIB / size)
    ready.unlink()
    return Line(what, "nginx with the tar", pairs, unit="MiB/s",
                note="%s s of CPU for a GiB, nginx %s" % (spread(mine_cpu), spread(its_cpu)))


def download_small(stage, runs):
    """download, 20,000 × 10 KiB"""
    files = stage.files(20_000, 10 << 10)
    yield downloads(stage, runs, files, False, "download, streamed, 20,000 × 10 KiB")
    yield downloads(stage, runs, files, True, "download, bundled, 20,000 × 10 KiB")


def download_large(stage, runs):
    """download, 4 × 256 MiB"""
    yield downloads(stage, runs, stage.files(4, 256 * MIB), False, "download, streamed, 4 × 256 MiB")


def starts(stage, runs):
    """starts of the program"""
    java = os.path.join(os.environ["JAVA_HOME"], "bin/java") if "JAVA_HOME" in os.environ else needed("java")

    def bare():
        return seconds(lambda: run(java, "-Xshare:auto", "-version", stderr=subprocess.DEVNULL))

    with stage.cartd() as cartd:
        for command in (["--help"], ["list"], ["status", "none"], ["dbsync"]):
            line = [CARTD, *(["-c", cartd.config] if command != ["--help"] else []), *command]
            action = lambda: subprocess.run(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            action()
            yield Line("start: " + " ".join(command), "java -version", [(seconds(action), bare()) for _ in range(runs)])
        pairs, memory = [], []
        for _ in range(runs):
            port = servers.free_port()
            begin = time.monotonic()
            server = subprocess.Popen([str(CARTD), "-c", str(cartd.config), "serve", "--no-work", "-p", str(port)],
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            until(lambda: servers.serves(port))
            took = time.monotonic() - begin
            memory.append(servers.resident(server.pid))
            server.terminate()
            server.wait()
            pairs.append((took, bare()))
        yield Line("start: serve to its first answer", "java -version", pairs, note="%s MB resident" % spread(memory, "%.0f"))


def heads(stage, runs):
    """HEAD with 10,000 carts"""
    wrk = needed("wrk")
    count = max(30, int(10_000 * stage.scale))
    script = stage.root / "head.lua"
    script.write_text('wrk.method = "HEAD"\nrequest = function() return wrk.format("HEAD", "/h" .. math.random(0, %d)) end\n'
                      % (count - 1))
    files = stage.files(3 * 3_000, 1 << 10)
    big = stage.files(20_000, 10 << 10).request()

    def measure(cartd, clients):
        out = subprocess.run([wrk, "-t1", "-c%d" % clients, "-d5s", "--latency", "-s", str(script), cartd.url],
                             check=True, capture_output=True, text=True).stdout
        rate = float(re.search(r"Requests/sec:\s+([0-9.]+)", out).group(1))
        number, unit = re.search(r"99%\s+([0-9.]+)(us|ms|s)", out).groups()
        return rate, float(number) * dict(us=0.001, ms=1, s=1000)[unit]

    with stage.cartd() as cartd:
        for i in range(count):
            cartd.post("h%d" % i, b'{"fileids": [%s]}' % str(files.items[i % files.count]).replace("'", '"').encode())
        until(lambda: cartd.ask("HEAD", "h%d" % (count - 1)).getheader("X-Pacifica-Status") == "ready")
        for clients in (1, 16, 64):
            seen = [measure(cartd, clients) for _ in range(runs)]
            yield Line("HEAD, 10,000 carts, %d clients" % clients, "", [(rate, None) for rate, _ in seen], unit="/s",
                       note="p99 %s ms" % spread([p for _, p in seen], "%.1f"))
        cartd.post("big", big)
        rate, p99 = measure(cartd, 4)
        yield Line("HEAD while 20,000 files are staged, 4 clients", "", [(rate, None)], unit="/s", note="p99 %.1f ms" % p99)


def hundred_thousand(stage, runs):
    """100,000 × 1 KiB with -Xmx256m"""
    files = stage.files(100_000, 1 << 10)
    body = files.request()
    posts, readies, gets, memory = [], [], [], []
    for _ in range(max(1, runs // 3)):
        with stage.cartd(java="-Xmx256m") as cartd:
            begin = time.monotonic()
            cartd.post("m", body)
            posts.append((time.monotonic() - begin, None))
            cartd.await_ready("m")
            readies.append((time.monotonic() - begin, None))
            gets.append((seconds(lambda: run("curl", "-s", "-o", "/dev/null", cartd.url + "/m?filename=x")), None))
            memory.append(servers.resident(cartd.process.pid))
    yield Line("100,000 × 1 KiB, -Xmx256m: POST", "", posts)
    yield Line("100,000 × 1 KiB, -Xmx256m: POST to ready", "", readies, note="%s MB resident" % spread(memory, "%.0f"))
    yield Line("100,000 × 1 KiB, -Xmx256m: download", "", gets)


def shared(stage, runs):
    """the same 20,000 files again, shared"""
    files = stage.files(20_000, 10 << 10)
    body = files.request()
    pairs = []
    with stage.cartd(more="share_files = on") as cartd:
        cartd.make("first", body)
        for i in range(runs):
            mine = seconds(lambda: cartd.make("s%d" % i, body))
            copy = stage.root / ("links%d" % i)
            pairs.append((mine, seconds(lambda: run("cp", "-rl", stage.archive_root / files.name, copy))))
    yield Line("the same 20,000 files again, shared", "cp -rl", pairs)


def two_nodes(stage, runs):
    """two nodes on PostgreSQL against one"""
    if (os.cpu_count() or 1) < 2:
        raise Missing("a second core")
    memory = pathlib.Path("/dev/shm")
    if not memory.is_dir() or shutil.disk_usage(memory).free < 3 * GIB:
        raise Missing("3 GiB of memory in /dev/shm, for a volume that is no bound")
    files = stage.files(4, 16 * MIB)
    pairs = []
    with servers.postgres(stage) as database:
        for i in range(runs):
            pair = []
            for n in (2, 1):
                with tempfile.TemporaryDirectory(prefix="cartd-bench-", dir=memory) as volume:
                    pair.append(20 / nodes_take(stage, database(2 * i + n - 1), pathlib.Path(volume), files, n))
            pairs.append(pair)
    yield Line("20 carts of 4 × 16 MiB, two nodes", "one node", pairs, unit="carts/s",
               note="archive a directory, volume in memory")


def nodes_take(stage, database, volume, files, count):
    archive = "file://%s" % stage.archive_root
    pinned = lambda core: ("taskset", "-c", str(core))
    with stage.cartd(archive=archive, database=database, volume=volume, before=pinned(0)) as first:
        others = []
        if count == 2:
            more = subprocess.Popen([*pinned(1), str(CARTD), "-c", str(first.config), "work"],
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            others.append(more)
            time.sleep(7)  # Until the nodes know of each other: they look every three seconds.
        try:
            def all_ready():
                for i in range(20):
                    first.post("n%d" % i, files.request())
                for i in range(20):
                    first.await_ready("n%d" % i)
            return seconds(all_ready)
        finally:
            for other in others:
                other.terminate()
                other.wait()


ALL = {
    "ready-1000": ready_1000,
    "ready-20000": ready_20000,
    "ready-large": ready_large,
    "small-carts": small_carts,
    "download-small": download_small,
    "download-large": download_large,
    "starts": starts,
    "heads": heads,
    "100000": hundred_thousand,
    "shared": shared,
    "two-nodes": two_nodes,
}
