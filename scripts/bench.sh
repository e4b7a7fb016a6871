#!/bin/sh
# Measures what was promised (python -m bench); installs what the part that is asked for lacks.
set -eu
cd "$(dirname "$0")/.."
case " $* " in
*" --only cases "*) exec .venv/bin/python -m bench "$@" ;; # needs no server and no browser
esac
sh scripts/node_tools.sh
case " $* " in
*" --only gatherings "* | *" --only market "*) exec .venv/bin/python -m bench "$@" ;; # no wrk, no browser
esac
if ! command -v wrk >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "bench: installing wrk" >&2
        apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq wrk >&2
    fi
fi
command -v wrk >/dev/null 2>&1 || {
    echo "bench: wrk is needed to put load on a server; install it" >&2
    exit 1
}
CHROMIUM=$(sh scripts/browser.sh)
export CHROMIUM
exec .venv/bin/python -m bench "$@"
