#!/bin/sh
# Every test: first what needs no browser, in parallel; then the browser tests, one at a time.
# A part that the machine lacks is a failure here, not a skip.
#
#   sh scripts/test.sh [--soak] [pytest arguments]
set -eu
cd "$(dirname "$0")/.."
pytest() {
    .venv/bin/python -m pytest --all-parts "$@"
}
if [ "${1:-}" = --soak ]; then
    shift
    export COP_SOAK=1
fi
CHROMIUM=$(sh scripts/browser.sh)
export CHROMIUM
sh scripts/html_validator.sh
status=0
pytest -n "${JOBS:-2}" -m "not browser" "$@" || status=$?
pytest -n0 -m browser "$@" || status=$?
exit "$status"
