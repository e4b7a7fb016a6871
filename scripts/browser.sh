#!/bin/sh
# Prints the path of a Chromium for the browser tests; installs one when the machine has none.
set -eu
cd "$(dirname "$0")/.."

found() {
    for name in ${CHROMIUM:+"$CHROMIUM"} chromium chromium-browser google-chrome /usr/bin/chromium; do
        if command -v "$name" >/dev/null 2>&1; then
            command -v "$name"
            return 0
        fi
    done
    .venv/bin/python - <<'PY'
import os, sys
from playwright.sync_api import sync_playwright
with sync_playwright() as p:
    path = p.chromium.executable_path
if not os.path.exists(path):
    sys.exit(1)
print(path)
PY
}

if found 2>/dev/null; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "test: installing chromium" >&2
    if apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >&2; then
        found && exit 0
    fi
fi
echo "test: installing Chromium with Playwright" >&2
if .venv/bin/python -m playwright install chromium >&2; then
    found && exit 0
fi
echo "test: no Chromium found and none could be installed; name one by CHROMIUM=/path/to/chromium" >&2
exit 1
