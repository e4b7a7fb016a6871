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
export COP_LOG_LEVEL="${COP_LOG_LEVEL:-WARNING}"
cop db upgrade
cop demo --if-empty
exec .venv/bin/python -m cop.cli serve all --with-worker --announce
