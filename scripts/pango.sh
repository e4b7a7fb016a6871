#!/bin/sh
# Pango, with which PDFs are drawn; installed where that is possible. Without it everything works
# but PDFs, and the tests look that the site says so.
set -eu
cd "$(dirname "$0")/.."
if .venv/bin/python -c 'import weasyprint' >/dev/null 2>&1; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "test: installing Pango" >&2
    apt-get update -qq >&2 &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
            libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 >&2 && exit 0
fi
echo "test: without Pango no PDF is made; install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" >&2
