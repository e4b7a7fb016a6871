#!/bin/sh
# Puts what tests use from npm (the HTML validator, ical.js as a calendar reader, socket.io-client; pinned by
# scripts/html-validator/package-lock.json) into .cache; installs Node.js when it is missing.
set -eu
cd "$(dirname "$0")/.."
target=.cache/html-validator
source=scripts/html-validator
if [ -e "$target/done" ] && cmp -s "$source/package-lock.json" "$target/package-lock.json"; then
    exit 0
fi
if ! command -v npm >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "test: installing Node.js and npm"
        apt-get update -qq >/dev/null
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null
    else
        echo "test: the HTML validator needs Node.js 18 or later with npm; install them" >&2
        exit 1
    fi
fi
echo "test: installing the HTML validator"
rm -rf "$target"
mkdir -p "$target"
cp "$source/package.json" "$source/package-lock.json" "$target/"
npm ci --prefix "$target" --ignore-scripts --no-audit --no-fund --silent ||
    { echo "test: npm could not install the HTML validator" >&2; exit 1; }
touch "$target/done"
