#!/bin/sh
# Puts the HTML validator of the browser tests (html-validate, from npm) into .cache.
set -eu
cd "$(dirname "$0")/.."
version=10.11.2
folder=.cache/html-validate-$version
[ -x "$folder/node_modules/.bin/html-validate" ] && exit 0
