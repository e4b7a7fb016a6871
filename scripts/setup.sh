#!/bin/sh
# Makes .venv with everything pinned, and the `cop` command in it.
#
#   sh scripts/setup.sh         everything, tests included
#   sh scripts/setup.sh run     only what a server needs
#
# Does nothing when nothing changed: a stamp holds a hash of what the environment was made from.
set -eu
cd "$(dirname "$0")/.."
part=${1:-test}

stop() {
    echo "setup: $1" >&2
    exit 1
}

if [ -L .venv ]; then # somebody else's environment: used as it is
    [ -x .venv/bin/python ] || stop ".venv points to nothing"
    exit 0
fi

fits() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

python=
for name in ${PYTHON:-python3.13 python3.12 python3.11 python3 python}; do
    if command -v "$name" >/dev/null 2>&1 && fits "$name"; then
        python=$name
        break
    fi
done
[ -n "$python" ] || stop "Python 3.11 or later is needed; none was found (PYTHON=/path/to/python names one)"

stamp=$({
    echo "$part $(pwd -P)"
    "$python" -c 'import sys; print(sys.version, sys.executable)'
    cat requirements/build.txt "requirements/$part.txt" pyproject.toml scripts/setup.sh
} | "$python" -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())')
if [ -x .venv/bin/python ] && [ "$(cat .venv/stamp 2>/dev/null)" = "$stamp" ]; then
    exit 0
fi

if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "setup: installing $package"
        apt-get update -qq >/dev/null
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package" >/dev/null
    else
        stop "$python lacks the modules venv and ensurepip; install $package"
    fi
fi

echo "setup: making .venv with $("$python" --version)"
rm -rf .venv
"$python" -m venv .venv
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore
pip() {
    .venv/bin/python -m pip --quiet "$@"
}
pip install --require-hashes --no-deps -r requirements/build.txt -r "requirements/$part.txt" ||
    stop "the packages could not be installed; see above"
pip install --no-deps --no-build-isolation --editable .
echo "$stamp" >.venv/stamp
echo "setup: done"
