#!/usr/bin/env bash
# Measures the built distribution against tar, cp, md5sum and a bare java in the same run, and prints ratios.
# Usage: docs/bench.sh        (after mvn -q -ntp package -DskipTests; needs bash, curl, python3, GNU tar, 4 GB in $TMPDIR)
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
cartd=$here/cartd-cli/target/cartd/bin/cartd
work=$(mktemp -d)
trap 'kill $(cat "$work/pid" 2>/dev/null) 2>/dev/null || true; wait; rm -rf "$work"' EXIT
cd "$work"
port=${PORT:-18099}
url=http://127.0.0.1:$port

python3 - <<'P'
import hashlib, json, os
def cart(name, count, size):
    os.makedirs("archive/" + name)
    items = []
    for i in range(count):
        data = os.urandom(min(size, 1 << 20)) * max(1, size >> 20)
        path = "%s/%03d-%06d" % (name, i % 100, i)
        with open("archive/" + path, "wb") as f:
            f.write(data)
        items.append(dict(id=path, path="%03d/%06d" % (i % 100, i), hashtype="md5", hashsum=hashlib.md5(data).hexdigest()))
    with open(name + ".json", "w") as f:
        json.dump(dict(fileids=items), f)
cart("large", 4, 256 << 20)
cart("small", 20000, 10 << 10)
P
mkdir volume
cat > config.ini <<C
[cartd]
volume_path = $work/volume
[archiveinterface]
url = file://$work/archive
[database]
peewee_url = sqlite:///$work/db.sqlite3
C
"$cartd" -c config.ini dbsync
"$cartd" -c config.ini serve -p "$port" 2> server.log & echo $! > pid
until curl -s -o /dev/null "$url/"; do sleep 0.2; done

now() { date +%s.%N; }
seconds() { # command…: the best of three runs
  for _ in 1 2 3; do local t; t=$(now); "$@" > /dev/null; echo "$(now) - $t" | bc; done | sort -n | head -1
}
row() { printf '| %-58s | %8.2f | %8.2f | %6.2f |\n' "$1" "$2" "$3" "$(echo "$3 / $2" | bc -l)"; }
ready() { until curl -s -I "$url/$1" | grep -q '^X-Pacifica-Status: ready'; do sleep 0.1; done; }
copy() { rm -rf copy; cp -r "archive/$1" copy; find copy -type f -print0 | xargs -0 md5sum > /dev/null; sync -f copy; }
stage() { curl -s -X POST --upload-file "$1.json" "$url/${2:-$1}" > /dev/null; ready "${2:-$1}"; }
links() { rm -rf links; cp -rl "archive/$1" links; sync -f links; }
astar() { tar cf - -C "$work/volume/cartuids/$1/" . | cat > /dev/null; }
bytes() { curl -s -o /dev/null "$url/$1?filename=x.tar"; }

serve_once() { # how long until it answers that there is no such cart; leaves its memory in MB in the file resident
  local t pid; t=$(now)
  "$cartd" -c config.ini serve --no-work -p $((port + 1)) > /dev/null 2>&1 & pid=$!
  until [ "$(curl -s -o /dev/null -w '%{http_code}' -I "http://127.0.0.1:$((port + 1))/none")" = 404 ]; do
    sleep 0.01
  done
  echo "$(now) - $t" | bc
  awk '/VmRSS/ { print int($2 / 1024) }' "/proc/$pid/status" > resident
  kill "$pid"; wait "$pid" || true
}

echo '| what | cartd, s | other, s | faster by |'
echo '| --- | ---: | ---: | ---: |'
for kind in large small; do
  t=$(now); stage "$kind"; mine=$(echo "$(now) - $t" | bc)
  t=$(now); copy "$kind"; other=$(echo "$(now) - $t" | bc)
  row "$kind: POST to ready; cp -r, md5sum, sync" "$mine" "$other"
  t=$(now); stage "$kind" "$kind-again"; mine=$(echo "$(now) - $t" | bc)
  t=$(now); links "$kind"; other=$(echo "$(now) - $t" | bc)
  row "$kind: the same again, shared; cp -rl, sync" "$mine" "$other"
  row "$kind: download; tar cf - | cat" "$(seconds bytes "$kind")" "$(seconds astar "$kind")"
done
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
bare=$(seconds "$java" -Xshare:auto -version 2> /dev/null)
row 'start: --help; java -version' "$(seconds "$cartd" --help)" "$bare"
row 'start: list; java -version' "$(seconds "$cartd" -c config.ini list)" "$bare"
row 'start: dbsync, current; java -version' "$(seconds "$cartd" -c config.ini dbsync)" "$bare"
mine=$(for _ in 1 2 3; do serve_once; done | sort -n | head -1)
row "start: serve to the first answer ($(cat resident) MB); java -version" "$mine" "$bare"
