#!/bin/sh
# Starts cartd with the jars of ../lib. Called as pacifica-cartd it is `cartd serve`; called as cartd-prepare it makes
# later starts faster; called by any other name it is `cartd`.
# JAVA_HOME names the Java, JAVA_OPTS has options for it (words without spaces in them), CARTD_HEAP is the size of its
# heap (1536m).
set -u
unset CDPATH

die() {
  printf '%s\n' "cartd: $*" >&2
  exit 1
}

# Finds this file itself: follows links, relative ones too.
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
# Starting Java takes longer than all else here, so Java is asked only for what cannot be found out otherwise.
ask() {
  "$java" -XshowSettings:properties -version 2>&1
}
# The file "release" has the version of Java. Only old and unusual ones lack it.
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

# File names are UTF-8; with another encoding Java cannot make all of them. The name of a locale proves nothing, since
# it may not be installed: `locale charmap` then complains. If that answers neither of these names, Java is asked.
has_utf8_names() {
  case $(locale charmap 2>&1) in
    UTF-8) return 0 ;;
    ANSI_X3.4-1968) return 1 ;;
  esac
  ask | grep -Eiq '^ *sun\.jnu\.encoding *= *UTF-?8 *$'
}
# If no locale has UTF-8 names, cartd itself logs that.
if ! has_utf8_names; then
  for locale in C.UTF-8 en_US.utf8; do
    if (LC_ALL=$locale && export LC_ALL && has_utf8_names); then
      LC_ALL=$locale
      export LC_ALL
      break
    fi
  done
fi

# A fixed size, and not a part of the machine's memory as Java would choose: the limits for carts and requests follow
# from it.
heap=${CARTD_HEAP:-1536m}
case $heap in
  *[!0-9kKmMgG]* | [!1-9]* | *[kKmMgG]?*) die "CARTD_HEAP is $heap, allowed is such as 512m or 4g" ;;
esac

case ${self##*/} in
  pacifica-cartd) set -- serve "$@" ;;
esac
# Short commands are faster with the quick compiler alone and the serial collector.
short="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
told="${JAVA_OPTS:-} ${JDK_JAVA_OPTIONS:-} ${JAVA_TOOL_OPTIONS:-}"
case $told in
  *-XX:+Use*GC*) short=-XX:TieredStopAtLevel=1 ;; # Java accepts only one collector.
esac
# A small heap at first keeps the process small. Not if somebody set another size, which may be smaller still.
first=-Xms64m
case "${CARTD_HEAP:+-Xmx} $told" in
  *-Xm[sx]* | *HeapSize*) first= ;;
esac
for word in "$@"; do
  case $word in
    serve | work | demo | fixit | purge | dump) short= ;;
  esac
done

# Class data sharing: Java loads the classes of cartd from a class archive, as it does its own, and need not read, check
# and link them at each start. An archive is valid for one Java and for these jars in this place; its name has a
# checksum of both. If there is none, one is made in the background for the next start. Without an archive starts are
# only slower, so failures are not reported. JAVA_OPTS=-Xshare:off does not use an archive.
users=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
users=${users:+$users/cartd}
name=$(printf '%s\n' "$home" "$real" "$release" | cksum)
name=java-$version-${name%% *}.jsa
find_archive() {
  # An archive is code: it must belong to this user, or lie beside the jars.
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
  # One process at a time. What a failed one left keeps the next from trying for an hour.
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
    # The parent of this process ends at once, so that it does not become a child of Java.
    [ -n "$archive" ] || ((slow=nice && make_archive) </dev/null >/dev/null 2>&1 &)
    ;;
esac

# SQLite is native code: newer Java warns about it unless it is allowed.
set -f
# shellcheck disable=SC2086
set -- "-Xmx$heap" $first $short -XX:+ExitOnOutOfMemoryError --enable-native-access=ALL-UNNAMED ${JAVA_OPTS:-} \
  -cp "$home/lib/*" dev.cartd.cli.Main "$@"
if [ -n "$archive" ]; then
  # At the address for which the archive was made, Java reads only the parts of it that it needs.
  [ "$version" -gt 25 ] || set -- -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0 "$@"
  set -- -Xshare:auto "-XX:SharedArchiveFile=$archive" '-Xlog:cds*=off' '-Xlog:class+path*=off' "$@"
fi
exec "$java" "$@"
