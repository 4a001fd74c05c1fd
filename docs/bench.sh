#!/usr/bin/env bash
# Measures the built distribution beside curl, nginx, tar, cp and a bare java in the same run, and prints ratios.
# Usage: mvn -q -ntp package -DskipTests && docs/bench.sh     (docs/bench.sh --help tells the rest)
exec python3 "$(dirname "$0")/bench/suite.py" "$@"
