#!/bin/sh
# Locks every .in file with hashes, for Python 3.11 and newer on any machine:
#     tools/lock.sh              takes up what changed in the .in files
#     UPGRADE=1 tools/lock.sh    takes the newest versions as well
set -eu
cd "$(dirname "$0")/.."
tools/setup.sh requirements-dev.txt

uv=.tools/uv/bin/uv
if [ ! -x "$uv" ]; then uv=uv; fi
if [ "${UPGRADE:-0}" = 1 ]; then upgrade=--upgrade; else upgrade=; fi

# This is what the files' first lines tell the reader to run. Where an index stands
# in somebody's settings, its address stays out of the files.
export UV_CUSTOM_COMPILE_COMMAND='make lock'
lock() {
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links $upgrade "$@"
}
lock requirements.in -o requirements.txt
lock requirements-dev.in -o requirements-dev.txt
lock tools/uv.in -o tools/uv.txt
lock --no-deps tools/postgres.in -o tools/postgres.txt
