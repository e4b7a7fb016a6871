#!/bin/sh
# Pins anew, with hashes, for every Python from 3.11: requirements/{build,run,test}.txt.
# Pins that still fit stay; `sh scripts/requirements.sh --upgrade` takes the newest.
set -eu
cd "$(dirname "$0")/.."
uv=${UV:-uv}
command -v "$uv" >/dev/null 2>&1 || {
    echo "requirements: uv is needed (UV=/path/to/uv names it)" >&2
    exit 1
}
pin() {
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header "$@"
}
pin "$@" requirements/build.in -o requirements/build.txt
pin "$@" pyproject.toml -o requirements/run.txt
pin "$@" --extra test -c requirements/run.txt pyproject.toml -o requirements/test.txt
