"""What the rows run: an archive, cartd, files, and the clocks."""
import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

HOME = pathlib.Path(__file__).resolve().parents[2]
CARTD = HOME / "cartd-cli/target/cartd/bin/cartd"
TICK = os.sysconf("SC_CLK_TCK")

# An archive that speaks Pacifica's protocol over files whose names end in -SIZE, so that HEAD needs no look at the disk.
NGINX = """
worker_processes 2;
daemon off;
pid @DIR@/nginx.pid;
error_log @DIR@/nginx.err;
events { worker_connections 4096; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000000;
  types { application/octet-stream tar; }
  server {
    listen 127.0.0.1:@PORT@ backlog=4096;
    root @DIR@;
    client_body_temp_path @DIR@/body;
    location / {
      if ($request_method = POST) { return 200 '{"message":"File was staged"}'; }
      if ($request_method = HEAD) { rewrite ^(.*)$ /.head$1 last; }
    }
    location ~ "^/\\.head/.*-([0-9]+)$" {
      internal;
      add_header Last-Modified "1541000000.5" always;
      add_header X-Content-Length $1 always;
      add_header X-Pacifica-Ctime 1541000000 always;
      add_header X-Pacifica-Bytes-Per-Level "($1,)" always;
      add_header X-Pacifica-File-Storage-Media disk always;
      add_header X-Pacifica-Messsage "File was found" always;
      return 204;
    }
  }
}
"""


class Missing(Exception):
    """A program that a row needs is not installed."""


def needed(program):
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if not found:
        raise Missing(program + " is not installed")
    return found


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def until(condition, limit=600):
    """Waits, and asks less often the longer it takes: that the asking costs next to nothing, and is 2 % late at most."""
    begin = time.monotonic()
    while not condition():
        waited = time.monotonic() - begin
        if waited > limit:
            raise RuntimeError("nothing happened for %d s" % limit)
        time.sleep(max(0.001, min(waited / 50, 0.1)))


def seconds(action):
    start = time.monotonic()
    action()
    return time.monotonic() - start


def run(*command, **options):
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, **options)


def cpu(pid):
    """Seconds of CPU that a process and the children it waited for have used."""
    fields = pathlib.Path("/proc/%d/stat" % pid).read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / TICK


def children_of(pid):
    return [int(c) for c in pathlib.Path("/proc/%d/task/%d/children" % (pid, pid)).read_text().split()]


def resident(pid):
    status = pathlib.Path("/proc/%d/status" % pid).read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


class Files:
    """Files of one size in the archive, and requests for them."""

    def __init__(self, root, name, count, size):
        self.root, self.name, self.count, self.size = root, name, count, size
        self.items = []
        block = os.urandom(min(size, 1 << 20))
        for i in range(count):
            path = "%s/%03d/%06d-%d" % (name, i % 100, i, size)
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            digest = hashlib.md5()
            with open(target, "wb") as file:
                for begin in range(0, size, len(block)):
                    data = (b"%016d" % (i * 1000003 + begin) + block)[:min(len(block), size - begin)]
                    file.write(data)
                    digest.update(data)
            self.items.append(dict(
                id=path, path="%03d/%06d" % (i % 100, i), hashtype="md5", hashsum=digest.hexdigest()))

    @property
    def bytes(self):
        return self.count * self.size

    def request(self, bundle=False):
        return json.dumps(dict(fileids=self.items, bundle=bundle)).encode()

    def curl_config(self, url, out):
        """What has curl fetch all of them into a directory."""
        config = self.root / (self.name + ".curl")
        with open(config, "w") as file:
            for i, item in enumerate(self.items):
                file.write('url = "%s/%s"\noutput = "%s/%06d"\n' % (url, item["id"], out, i))
        return config


class Nginx:
    def __init__(self, root):
        program = needed("nginx")
        self.port = free_port()
        config = root / "nginx.conf"
        config.write_text(NGINX.replace("@DIR@", str(root)).replace("@PORT@", str(self.port)))
        self.process = subprocess.Popen([program, "-c", str(config)], stderr=subprocess.DEVNULL)
        self.url = "http://127.0.0.1:%d" % self.port
        until(lambda: answers(self.port))

    def cpu(self):
        return sum(cpu(child) for child in children_of(self.process.pid))

    def stop(self):
        self.process.terminate()
        self.process.wait()


def answers(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def serves(port):
    """Whether cartd says there that it has no such cart: it is no longer starting."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with contextlib.closing(connection):
            connection.request("HEAD", "/none")
            return connection.getresponse().status == 404
    return False


class Cartd:
    """A running server with an empty volume; `more` are lines of the section [cartd]."""

    def __init__(self, root, archive, more="share_files = off", database=None, arguments=(), java="", before=(),
                 volume=None):
        self.root = pathlib.Path(tempfile.mkdtemp(dir=root))
        self.volume = volume or self.root / "volume"
        self.volume.mkdir(exist_ok=True)
        self.config = self.root / "config.ini"
        self.config.write_text(
            "[cartd]\nvolume_path = %s\n%s\n[archiveinterface]\nurl = %s\n[database]\npeewee_url = %s\n"
            % (self.volume, more, archive, database or "sqlite:///%s/db.sqlite3" % self.root))
        self.environment = dict(os.environ, JAVA_OPTS=java)
        self.command("dbsync")
        self.port = free_port()
        self.log = open(self.root / "log", "w")
        self.process = subprocess.Popen(
            [*before, str(CARTD), "-c", str(self.config), "serve", "-p", str(self.port), *arguments],
            stdout=self.log, stderr=self.log, env=self.environment)
        until(lambda: serves(self.port))
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)

    @property
    def url(self):
        return "http://127.0.0.1:%d" % self.port

    def command(self, *arguments):
        run(CARTD, "-c", self.config, *arguments, env=self.environment, stderr=subprocess.DEVNULL)

    def ask(self, method, uid, body=None):
        """Asks on a kept connection, or on a new one if the server has closed that since."""
        try:
            return self.ask_once(method, uid, body)
        except http.client.RemoteDisconnected:
            self.connection.close()
            return self.ask_once(method, uid, body)

    def ask_once(self, method, uid, body):
        self.connection.request(method, "/" + uid, body, {"Content-Type": "application/json"} if body else {})
        response = self.connection.getresponse()
        response.text = response.read().decode(errors="replace")
        return response

    def post(self, uid, body):
        response = self.ask("POST", uid, body)
        if response.status != 201:
            raise RuntimeError("POST was answered %d: %s" % (response.status, response.text))

    def await_ready(self, uid):
        def is_ready():
            response = self.ask("HEAD", uid)
            if response.status >= 500:
                raise RuntimeError("the cart failed: %s" % response.getheader("X-Pacifica-Message"))
            return response.getheader("X-Pacifica-Status") == "ready"
        until(is_ready)

    def make(self, uid, body):
        self.post(uid, body)
        self.await_ready(uid)

    def remove(self, uid):
        """Deletes a cart, and waits until its files are gone: the next measurement shall not pay for that."""
        directories = [path.parent for path in self.volume.glob("[0-9]*/" + uid)]
        self.ask("DELETE", uid)
        until(lambda: not any(directory.exists() for directory in directories))

    def cpu(self):
        return cpu(self.process.pid)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        self.log.close()


class Stage:
    """
    The directory of one run of the suite, with what its rows share. Small files are deleted at its end only: ext4
    without a journal makes files several times more slowly for minutes after thousands were deleted.
    """

    def __init__(self, scale):
        self.scale = scale
        self.files_made = {}

    def __enter__(self):
        if not CARTD.exists():
            raise SystemExit("%s is missing: mvn -q -ntp package -DskipTests makes it" % CARTD)
        self.closing = contextlib.ExitStack()
        self.root = pathlib.Path(self.closing.enter_context(tempfile.TemporaryDirectory(prefix="cartd-bench-")))
        self.root.chmod(0o755)
        self.archive_root = self.root / "archive"
        self.archive_root.mkdir()
        self.archive_made = None
        return self

    def __exit__(self, *failure):
        return self.closing.__exit__(*failure)

    @property
    def archive(self):
        if not self.archive_made:
            self.archive_made = Nginx(self.archive_root)
            self.closing.callback(self.archive_made.stop)
        return self.archive_made

    def files(self, count, size):
        if size < 1 << 20:
            count = max(10, int(count * self.scale))
        key = (count, size)
        if key not in self.files_made:
            self.files_made[key] = Files(self.archive_root, "f%d-%d" % key, count, size)
        return self.files_made[key]

    @contextlib.contextmanager
    def cartd(self, **options):
        server = Cartd(self.root, options.pop("archive", None) or self.archive.url, **options)
        try:
            yield server
        finally:
            server.stop()

    def fresh(self):
        """An empty directory."""
        return pathlib.Path(tempfile.mkdtemp(dir=self.root))


@contextlib.contextmanager
def postgres(stage):
    """A PostgreSQL of its own; gives a function from a number to the address of an empty database."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")) or [shutil.which("pg_ctl")]
    if not found[-1]:
        raise Missing("PostgreSQL is not installed")
    control = pathlib.Path(found[-1])
    data, port = stage.root / "pg", free_port()
    user = [] if os.getuid() else ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    data.mkdir()
    if user:
        shutil.chown(data, "postgres", "postgres")
        stage.root.chmod(0o755)
    options = "-c listen_addresses=127.0.0.1 -c unix_socket_directories= -p %d" % port
    run(*user, control.with_name("initdb"), "-A", "trust", "-U", "cartd", "-D", data, cwd=data)
    run(*user, control, "-w", "-D", data, "-l", data / "log", "-o", options, "start", cwd=data)

    def database(number):
        run(control.with_name("createdb"), "-h", "127.0.0.1", "-p", port, "-U", "cartd", "d%d" % number)
        return "postgresql://cartd@127.0.0.1:%d/d%d" % (port, number)

    try:
        yield database
    finally:
        run(*user, control, "-D", data, "-m", "immediate", "stop", cwd=data)
