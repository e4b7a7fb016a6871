#!/bin/sh
# Every test: first what needs no browser, in parallel; then the browser tests, one at a time.
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
status=0
ran=0
part() {
    code=0
    .venv/bin/python -m pytest --all-parts "$@" || code=$?
    case $code in
    0) ran=1 ;;
    5) ;; # nothing of this part was asked for
    *) ran=1 status=$code ;;
    esac
}
part -n "${JOBS:-2}" -m "not browser" "$@"
part -n0 -m browser "$@"
[ "$ran" = 1 ] || {
    echo "test: no test was found" >&2
    exit 5
}
exit "$status"
