#!/bin/sh
# Puts what only the bench of gatherings needs into .cache: socket.io-client from npm, pinned by
# bench/screens/package-lock.json.
set -eu
cd "$(dirname "$0")/.."
target=.cache/bench-tools
source=bench/screens
if [ -e "$target/done" ] && cmp -s "$source/package-lock.json" "$target/package-lock.json"; then
    cp "$source"/*.mjs "$target/"
    exit 0
fi
if ! command -v npm >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "bench: installing Node.js and npm" >&2
        apt-get update -qq >&2
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm >&2
    else
        echo "bench: Node.js 18 or later with npm is needed; install them" >&2
        exit 1
    fi
fi
echo "bench: installing socket.io-client" >&2
rm -rf "$target"
mkdir -p "$target"
cp "$source"/*.json "$source"/*.mjs "$target/"
npm ci --prefix "$target" --ignore-scripts --no-audit --no-fund --silent >&2 ||
    { echo "bench: npm could not install the client" >&2; exit 1; }
touch "$target/done"
