#!/bin/sh
# Style, types, architecture, templates, translations, drift: all of it, then says what failed.
set -u
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
export PYTHONPATH=. # scripts import cop from here, wherever it is installed
failed=

said=$(mktemp -d)
trap 'rm -rf "$said"' EXIT
parts=

# Begins a part; all run side by side.
part() {
    name=$1
    shift
    parts="$parts $name"
    { "$@" >"$said/$name" 2>&1 && : >"$said/$name.ok"; } &
}

drift() {
    folder=$(mktemp -d)
    env -u COP_DATABASE_URL -u COP_ENV COP_DATA_DIR="$folder" sh -c \
        'python -m cop.cli db upgrade && python -m flask --app wsgi db check'
    code=$?
    rm -rf "$folder"
    return $code
}

part style ruff check --quiet --output-format concise .
part format ruff format --check --quiet .
part types python -m mypy
part architecture lint-imports
part templates djlint templates --lint --quiet
part translations python scripts/translations.py check
part drift drift
part house python scripts/house.py
wait
for name in $parts; do
    if [ -e "$said/$name.ok" ]; then
        echo "ok      $name"
    else
        echo "FAILED  $name"
        sed 's/^/        /' "$said/$name"
        failed="$failed $name,"
    fi
done
[ -z "$failed" ] || {
    echo "check: failed:${failed%,}" >&2
    exit 1
}
