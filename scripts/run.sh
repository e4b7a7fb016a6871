#!/bin/sh
# `make run`: database, demo community when the database is empty, web and worker together.
set -eu
cd "$(dirname "$0")/.."
cop() {
    .venv/bin/python -m cop.cli "$@"
}
if [ "${COP_ENV:-development}" != production ]; then
    export COP_DEMO_SIGN_IN="${COP_DEMO_SIGN_IN:-1}"
fi
cop db upgrade
if cop demo --help >/dev/null 2>&1; then
    cop demo --if-empty
fi
exec .venv/bin/python -m cop.cli serve all --with-worker --announce
