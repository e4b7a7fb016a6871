#!/bin/sh
# Puts what tests and benches use from npm (the HTML validator, ical.js as a calendar reader, socket.io-client;
# pinned by scripts/node-tools/package-lock.json) into .cache/node-tools; installs Node.js when it is missing.
set -eu
cd "$(dirname "$0")/.."
target=.cache/node-tools
source=scripts/node-tools
if [ -e "$target/done" ] && cmp -s "$source/package-lock.json" "$target/package-lock.json"; then
    exit 0
fi
if ! command -v npm >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "setup: installing Node.js and npm" >&2
        apt-get update -qq >&2
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm >&2
    else
        echo "setup: tests and benches need Node.js 18 or later with npm; install them" >&2
        exit 1
    fi
fi
echo "setup: installing what tests use from npm" >&2
rm -rf "$target"
mkdir -p "$target"
cp "$source/package.json" "$source/package-lock.json" "$target/"
npm ci --prefix "$target" --ignore-scripts --no-audit --no-fund --silent >&2 ||
    { echo "setup: npm could not install them" >&2; exit 1; }
touch "$target/done"
