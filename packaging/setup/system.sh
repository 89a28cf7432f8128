#!/bin/sh
# Makes sure that the system packages of a purpose are there: `system.sh run`, `test` or `release`.
# Installs what is missing where it may (root, or sudo without a password), and otherwise
# names it in one line.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
python=$("$here/packaging/setup/python.sh")

# What Qt loads from the system (ldd of its libraries and plugins), on X, Wayland and offscreen.
wanted="libegl1 libgl1 libfontconfig1 libfreetype6 libdbus-1-3 libglib2.0-0
libxkbcommon0 libxkbcommon-x11-0 libx11-xcb1 libxcb-cursor0 libxcb-icccm4 libxcb-image0
libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-sync1 libxcb-xfixes0
libxcb-xkb1 libwayland-client0 libwayland-cursor0 libwayland-egl1"

case "${1:-run}" in
    run) ;;
    # A server, the SQLite shell, a screen, a screen reader's bus, a keyring. Debian's postgresql also
    # starts a server of its own where there is none; the tests leave it alone and start theirs.
    test)
        wanted="$wanted postgresql openssl sqlite3 poppler-utils xvfb xauth openbox scrot dbus dbus-x11 at-spi2-core
python3-pyatspi gnome-keyring libsecret-tools pgbouncer systemd desktop-file-utils appstream"
        ;;
    # What takes libraries apart, and Python as one: the bundle holds it.
    release)
        wanted="$wanted binutils xz-utils"
        case $(readlink -f "$python") in
            /usr/bin/*) wanted="$wanted lib$(basename "$(readlink -f "$python")")" ;;
        esac
        ;;
    *) echo "usage: system.sh run|test|release" >&2; exit 2 ;;
esac

if ! command -v dpkg-query >/dev/null 2>&1; then
    if ! ldconfig -p 2>/dev/null | grep -q 'libxcb-cursor\.so\.0'; then
        echo "This is not Debian or Ubuntu: install the libraries that Qt 6 needs; docs/guide/troubleshooting.md names them." >&2
    fi
    exit 0
fi

installed=$(dpkg-query -W -f '${db:Status-Abbrev}${Package}\n')

# Newer releases renamed some (64-bit time).
present() {
    printf '%s\n' "$installed" | grep -Eqx ".i $1(t64)?"
}

missing=""
for package in $wanted; do
    present "$package" || missing="$missing $package"
done
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    missing="$missing $(basename "$python")-venv"
fi
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
    if ! sudo -n true 2>/dev/null; then
        echo "System packages are missing. Install them, then try again: sudo apt-get install -y$missing" >&2
        exit 1
    fi
    as_root="sudo"
fi

echo "Installing system packages:$missing"
mkdir -p "$here/.cache"
log="$here/.cache/apt.log"
apt="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q"
# shellcheck disable=SC2086 # a list of packages
if ! { $apt update && $apt install -y --no-install-recommends $missing; } >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    echo "The system packages could not be installed (see above). Install them yourself, then try again: sudo apt-get install -y$missing" >&2
    exit 1
fi
