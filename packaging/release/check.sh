#!/bin/sh
# Tries each package that was built: its commands, and the tour of its window.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$here"
work=$(mktemp -d "${TMPDIR:-/tmp}/mylla-check.XXXXXX")
trap 'rm -rf "$work"' EXIT
export HOME="$work/home"
mkdir -p "$HOME"

# NAME, and the folder of its two programs.
try() {
    "$2/mylla-audit" --version >"$work/version"
    (cd "$work" && env -u DISPLAY -u WAYLAND_DISPLAY "$2/mylla-audit-desktop" --demo \
        --profile "$work/$1/profile" --tour "$work/$1/tour") >"$work/$1.log" 2>&1 ||
        { tail -n 20 "$work/$1.log" >&2; echo "The tour of the $1 failed." >&2; exit 1; }
    "$2/mylla-audit" verify "$work/$1/tour/audit-log.csv" >/dev/null
    begun=$(date +%s%N)
    "$2/mylla-audit" --version >/dev/null
    echo "$1: $(cat "$work/version"), tour seen to work, command starts in $((($(date +%s%N) - begun) / 1000000)) ms"
}

try bundle "$here/dist/mylla-audit-desktop"
mkdir "$work/deb"
dpkg-deb -x dist/*.deb "$work/deb/root"
try deb "$work/deb/root/usr/bin"
# As pipx and uv tool do: an environment of its own with the wheel and what it asks for.
index=${UV_DEFAULT_INDEX:-${PIP_INDEX_URL:-$(.cache/uv/bin/python -m pip config get global.index-url 2>/dev/null || true)}}
[ -z "$index" ] || export UV_DEFAULT_INDEX="$index"
UV_TOOL_DIR="$work/tools" UV_TOOL_BIN_DIR="$work/bin" UV_CACHE_DIR="$work/cache" UV_PYTHON_DOWNLOADS=never \
    .cache/uv/bin/uv tool install --quiet --python "$(packaging/setup/python.sh)" dist/*.whl
try wheel "$work/bin"
du -sk dist/mylla-audit-desktop dist/*.deb dist/*.tar.xz dist/*.whl | awk '{printf "%s: %.1f MB\n", $2, $1 / 1024}'
