#!/bin/sh
# Makes sure that the system packages of a purpose are there: `system.sh run` or `system.sh test`.
# Installs what is missing where it may (root, or sudo without a password), and otherwise
# names it in one line.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
log="$here/.cache/apt.log"

# What Qt loads from the system, on a screen and off.
run="python3-venv libegl1 libgl1 libopengl0 libfontconfig1 libfreetype6 libdbus-1-3 libglib2.0-0
libxkbcommon0 libxkbcommon-x11-0 libx11-xcb1 libxcb-cursor0 libxcb-icccm4 libxcb-image0
libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-sync1 libxcb-xfixes0
libxcb-xinerama0 libxcb-xkb1"
# What the tests use for real: a server, the SQLite shell, a screen, a screen reader's bus.
test="$run postgresql sqlite3 xvfb openbox dbus dbus-x11 at-spi2-core python3-pyatspi"

purpose=${1:-run}
case "$purpose" in
    run) wanted=$run ;;
    test) wanted=$test ;;
    *) echo "usage: system.sh run|test" >&2; exit 2 ;;
esac

# Newer releases renamed this one (64-bit time).
present() {
    dpkg-query -W -f '${Status}\n' "$1" "$1t64" 2>/dev/null | grep -q '^install ok installed'
}

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "This is not Debian or Ubuntu: install the libraries that Qt 6 needs yourself (docs/guide/first-start.md names them)."
    exit 0
fi
missing=""
for package in $wanted; do
    present "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root="sudo"
    else
        echo "These system packages are missing. Install them, then try again: sudo apt-get install -y$missing" >&2
        exit 1
    fi
fi

mkdir -p "$here/.cache"
echo "Installing system packages:$missing"
# Debian's PostgreSQL package would start a server of its own; the tests start theirs.
if ! {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q &&
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
} >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "The system packages could not be installed; the log is $log" >&2
    exit 1
fi
