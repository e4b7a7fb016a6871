#!/bin/sh
# Every test: first what needs no browser, in parallel, and beside it one browser that walks through
# the site and looks at all its pages; then what browsers do against the clock, alone.
# A part that the machine lacks is a failure here, not a skip.
#
#   sh scripts/test.sh [--soak] [pytest arguments]
set -eu
cd "$(dirname "$0")/.."
if [ "${1:-}" = --soak ]; then
    shift
    export SOAK=1
fi
CHROMIUM=$(sh scripts/browser.sh)
export CHROMIUM
sh scripts/node_tools.sh
sh scripts/pango.sh
# Some hundred processes are started: what one has compiled, the others read.
unset PYTHONDONTWRITEBYTECODE
status=0
ran=0
tests() { .venv/bin/python -m pytest --all-parts "$@"; }
ended() {
    case $1 in
    0) ran=1 ;;
    5) ;; # nothing of this part was asked for
    *) ran=1 status=$1 ;;
    esac
}
said=$(mktemp)
tests -n0 -m "browser and not alone" "$@" >"$said" 2>&1 &
beside=$!
trap 'kill "$beside" 2>/dev/null || true; rm -f "$said"' EXIT
trap 'exit 130' INT TERM
code=0
tests -n "${JOBS:-2}" -m "not browser" "$@" || code=$?
ended "$code"
code=0
wait "$beside" || code=$?
cat "$said"
ended "$code"
code=0
tests -n0 -m "browser and alone" "$@" || code=$?
ended "$code"
[ "$ran" = 1 ] || {
    echo "test: no test was found" >&2
    exit 5
}
exit "$status"
