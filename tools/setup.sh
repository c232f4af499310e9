#!/bin/sh
# Creates .venv and installs one locked requirements file into it:
#     tools/setup.sh requirements.txt
#
# Needs only Python 3.11+ with pip. A bare Debian has neither ensurepip nor
# permission to install into the system (PEP 668), so pip puts uv into .tools/
# and uv does the rest in seconds. Where uv cannot be had, pip fills .venv itself.
set -eu
cd "$(dirname "$0")/.."

requirements=$1
stamp=.venv/.installed-$requirements

say() { printf '%s\n' "$*" >&2; }

# The stamp holds what was installed: set-up runs again when the lock changes, and
# not when a checkout only changed a date. A virtual environment whose Python has
# gone (a system upgrade, a copied folder) does not count as installed.
installed() {
    [ -f "$stamp" ] && cmp -s "$requirements" "$stamp" && .venv/bin/python -c '' 2>/dev/null
}

# 3.11 first: it is what the tests run on. Any newer one will do.
find_python() {
    for python in ${PYTHON:-} python3.11 python3 python3.12 python3.13 python3.14; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$python"
            return
        fi
    done
    say 'Python 3.11 or newer is needed and none was found (Debian: apt install python3 python3-pip).'
    say 'If it has another name here: make run PYTHON=/path/to/python'
    return 1
}

find_uv() {
    if ! cmp -s tools/uv.txt .tools/uv.installed; then
        rm -rf .tools/uv .tools/uv.installed
        if "$python" -m pip install --quiet --disable-pip-version-check --no-warn-script-location \
            --root-user-action=ignore --require-hashes --target .tools/uv -r tools/uv.txt >&2; then
            cp tools/uv.txt .tools/uv.installed
        fi
    fi
    if [ -x .tools/uv/bin/uv ]; then echo .tools/uv/bin/uv; else command -v uv; fi
}

with_uv() {
    uv=$(find_uv) || return 1
    # An interpreter fetched from elsewhere would not be the one that was asked for.
    export UV_PYTHON_DOWNLOADS=never
    # uv does not read pip's settings; a company's mirror must work all the same.
    if [ -z "${UV_DEFAULT_INDEX:-}" ]; then
        index=${PIP_INDEX_URL:-$("$python" -m pip config get global.index-url 2>/dev/null || true)}
        if [ -n "$index" ]; then export UV_DEFAULT_INDEX="$index"; fi
    fi
    # A company's own certificates are known to the system, not to uv.
    export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-1}"
    # Services often run with a home that does not exist or is not theirs.
    if [ ! -w "${HOME:-/nonexistent}" ]; then export UV_CACHE_DIR="$PWD/.tools/cache"; fi
    if ! .venv/bin/python -c '' 2>/dev/null; then
        "$uv" venv --quiet --clear --relocatable --no-project --python "$python" .venv || return 1
    fi
    "$uv" pip install --quiet --require-hashes --python .venv/bin/python -r "$requirements"
}

with_pip() {
    say 'uv is not to be had here; installing with pip, which takes a minute or two.'
    if ! .venv/bin/python -c '' 2>/dev/null; then
        # Without pip inside, because Debian keeps ensurepip in a package of its own;
        # the pip outside installs into it just as well.
        "$python" -m venv --clear --without-pip .venv || return 1
    fi
    "$python" -m pip --python .venv/bin/python install --quiet --disable-pip-version-check \
        --no-warn-script-location --root-user-action=ignore --require-hashes -r "$requirements" >&2
}

if installed; then exit 0; fi

mkdir -p .tools
# Two makes at once (a server here, the tests there) would install over each other.
if command -v flock >/dev/null; then
    exec 9>.tools/lock
    flock 9
    if installed; then exit 0; fi
fi

say "Setting up .venv from $requirements ..."
python=$(find_python)
if ! with_uv && ! with_pip; then
    say ''
    say "The packages in $requirements could not be installed (the reason stands above)."
    say 'Python needs pip (Debian: apt install python3-pip), and a package index must be reachable.'
    exit 1
fi
cp "$requirements" "$stamp"
