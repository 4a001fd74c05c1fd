#!/bin/sh
# Starts cartd with the jars of ../lib. Under the name pacifica-cartd it is `cartd serve`, under any other `cartd`.
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
# One short run tells its version, and how it writes names of files.
about() {
  "$java" -XshowSettings:properties -version 2>&1
}
has_utf8_names() {
  printf '%s\n' "$1" | grep -Eiq '^ *sun\.jnu\.encoding *= *UTF-?8 *$'
}
found=$(about)
version=$(printf '%s\n' "$found" | sed -n 's/.* version "\([0-9][0-9]*\).*/\1/p')
[ "${version:-0}" -ge 17 ] || die "$java is too old, or no Java: cartd needs Java 17 or newer (set JAVA_HOME)"

# Names of files are UTF-8: under another locale Java could not make all of them. What a locale is called tells nothing, it
# may not be installed. Where none does it cartd itself says so.
if ! has_utf8_names "$found"; then
  for locale in C.UTF-8 en_US.utf8; do
    if has_utf8_names "$(LC_ALL=$locale about)"; then
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
# SQLite is native code, which newer Java warns about unless it is allowed.
set -f
# shellcheck disable=SC2086
exec "$java" "-Xmx$heap" -XX:+ExitOnOutOfMemoryError --enable-native-access=ALL-UNNAMED ${JAVA_OPTS:-} \
  -cp "$home/lib/*" dev.cartd.cli.Main "$@"
