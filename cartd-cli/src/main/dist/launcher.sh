#!/bin/sh
# Starts cartd with the jars of ../lib. Under the name pacifica-cartd it is `cartd serve`, under cartd-prepare it makes
# starts faster, under any other it is `cartd`.
# JAVA_HOME says which Java, JAVA_OPTS what to tell it (words without spaces in them), CARTD_HEAP how much memory its
# objects may take (1536m).
set -u
unset CDPATH

die() {
  printf '%s\n' "cartd: $*" >&2
  exit 1
}

# Follow links, relative ones too, to where this file really is.
self=$0
while [ -L "$self" ]; do
  target=$(readlink "$self") || die "cannot read the link $self"
  case $target in
    /*) self=$target ;;
    *) self=$(dirname -- "$self")/$target ;;
  esac
done
home=$(cd -P -- "$(dirname -- "$self")/.." && pwd -P) || die "cannot find the directory of $self"
[ -d "$home/lib" ] || die "$home/lib is not there: keep bin and lib together"

if [ -n "${JAVA_HOME:-}" ]; then
  java=$JAVA_HOME/bin/java
  [ -x "$java" ] || die "JAVA_HOME is $JAVA_HOME, but $java is not there: set it to a Java 17 or newer"
else
  java=$(command -v java) || die "there is no java: install Java 17 or newer, or set JAVA_HOME"
fi
# To start a Java takes longer than all else here: it is asked only for what cannot be known otherwise.
ask() {
  "$java" -XshowSettings:properties -version 2>&1
}
# Which Java it is says the file "release", which all but old and odd ones have.
real=$(readlink -f -- "$java" 2>/dev/null)
release=$(cat -- "${real%/bin/java}/release" 2>/dev/null)
case $release in
  *JAVA_VERSION=\"*)
    version=${release#*JAVA_VERSION=\"}
    version=${version%%[!0-9]*}
    ;;
  *)
    release=
    version=$(ask | sed -n 's/.* version "\([0-9][0-9]*\).*/\1/p')
    ;;
esac
[ "${version:-0}" -ge 17 ] || die "$java is too old, or no Java: cartd needs Java 17 or newer (set JAVA_HOME)"

# Names of files are UTF-8: under another locale Java could not make all of them. What a locale is called tells nothing,
# it may not be installed; then, and where there is no such program, `locale` does not answer with one of these names.
has_utf8_names() {
  case $(locale charmap 2>&1) in
    UTF-8) return 0 ;;
    ANSI_X3.4-1968) return 1 ;;
  esac
  ask | grep -Eiq '^ *sun\.jnu\.encoding *= *UTF-?8 *$'
}
# Where no locale has such names cartd itself says so.
if ! has_utf8_names; then
  for locale in C.UTF-8 en_US.utf8; do
    if (LC_ALL=$locale && export LC_ALL && has_utf8_names); then
      LC_ALL=$locale
      export LC_ALL
      break
    fi
  done
fi

# Not a part of the machine's memory, as Java would have it: what a cart and a request may take follows from it.
heap=${CARTD_HEAP:-1536m}
case $heap in
  *[!0-9kKmMgG]* | [!1-9]* | *[kKmMgG]?*) die "CARTD_HEAP is $heap, allowed is such as 512m or 4g" ;;
esac

case ${self##*/} in
  pacifica-cartd) set -- serve "$@" ;;
esac
# A command that is soon over is sooner over with the quick compiler alone and the plain collector.
short="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
told="${JAVA_OPTS:-} ${JDK_JAVA_OPTIONS:-} ${JAVA_TOOL_OPTIONS:-}"
case $told in
  *-XX:+Use*GC*) short=-XX:TieredStopAtLevel=1 ;; # Java takes one collector only.
esac
# A small heap at first is a small process; not with another size, which may be smaller still.
first=-Xms64m
case "${CARTD_HEAP:+-Xmx} $told" in
  *-Xm[sx]* | *HeapSize*) first= ;;
esac
for word in "$@"; do
  case $word in
    serve | work | demo | fixit | purge | dump) short= ;;
  esac
done

# Class data sharing: Java takes the classes of cartd from an archive, as it takes its own, and need not read, check and
# link them at each start. An archive is good for one Java and for these jars in this place: its name tells which. Where
# there is none one is made beside the command, for the next; until then, and where none can be made, all is as well,
# but slower. Whatever goes wrong with it, nothing is said. JAVA_OPTS=-Xshare:off does without.
users=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
users=${users:+$users/cartd}
name=$(printf '%s\n' "$home" "$real" "$release" | cksum)
name=java-$version-${name%% *}.jsa
find_archive() {
  # Of this user, or of who gave him the jars: an archive is code.
  for archive in "$home/archive/$name" "$users/$name"; do
    if [ -f "$archive" ] && [ "$archive" -nt "$home/lib" ]; then
      [ "$archive" != "$users/$name" ] || [ -O "$archive" ] && return
    fi
  done
  archive=
}
make_archive() {
  unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS
  for place in "$home/archive" "$users"; do
    if [ -n "$place" ] && mkdir -p -- "$place" && [ -w "$place" ]; then
      break
    fi
    place=
  done
  [ -n "$place" ] || return 1
  # One at a time. What was left by one that failed keeps the next from trying for an hour.
  work=$place/$name.new
  [ -z "$(find "$work" -prune -mmin "+${1:-60}")" ] || rm -rf -- "$work"
  mkdir -- "$work" || return 1
  trap 'rm -rf -- "$work"/*' EXIT
  trap 'exit 1' HUP INT TERM
  ${slow-} "$java" -Xmx512m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \
    "-XX:DumpLoadedClassList=$work/classes" "-Djava.io.tmpdir=$work" \
    -cp "$home/lib/*" dev.cartd.cli.Rehearsal "$work" &&
    ${slow-} "$java" -Xmx512m -XX:+UseG1GC -Xshare:dump "-XX:SharedClassListFile=$work/classes" \
      "-XX:SharedArchiveFile=$work/archive" -cp "$home/lib/*" &&
    sync -- "$work/archive" &&
    mv -f -- "$work/archive" "$place/$name" &&
    rm -rf -- "$work" &&
    find "$place" -name '*.jsa' ! -name "$name" -mtime +30 -exec rm -f {} +
}
if [ "${self##*/}" = cartd-prepare ]; then
  (make_archive 0) </dev/null >/dev/null 2>&1
  find_archive
  [ -n "$archive" ] || die "no archive could be made in $home/archive or $users: starts take longer, that is all"
  exit 0
fi
archive=
case "$release ${JAVA_OPTS:-}" in
  ' '* | *-Xshare:off* | *-XX:SharedArchiveFile* | *-XX:AOT*) ;;
  *)
    find_archive
    # Its parent ends at once, so that Java is not left with a child that it does not know.
    [ -n "$archive" ] || ((slow=nice && make_archive) </dev/null >/dev/null 2>&1 &)
    ;;
esac

# SQLite is native code, which newer Java warns about unless it is allowed.
set -f
# shellcheck disable=SC2086
set -- "-Xmx$heap" $first $short -XX:+ExitOnOutOfMemoryError --enable-native-access=ALL-UNNAMED ${JAVA_OPTS:-} \
  -cp "$home/lib/*" dev.cartd.cli.Main "$@"
if [ -n "$archive" ]; then
  # Where the archive has its address from its maker, Java reads no more of it than it needs.
  [ "$version" -gt 25 ] || set -- -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0 "$@"
  set -- -Xshare:auto "-XX:SharedArchiveFile=$archive" '-Xlog:cds*=off' '-Xlog:class+path*=off' "$@"
fi
exec "$java" "$@"
