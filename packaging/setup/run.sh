#!/bin/sh
# Opens the window on the demo log; without a display, goes through the main job unseen.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$here"
if [ -n "${DISPLAY:-}" ] || [ -n "${WAYLAND_DISPLAY:-}" ]; then
    exec .venv/bin/mylla-audit-desktop --demo "$@"
fi
tour="$here/build/tour"
echo "There is no display, so the window goes through its main job unseen."
.venv/bin/mylla-audit-desktop --demo --tour "$tour" "$@"
echo
echo "Screenshots: $tour/*.png"
echo "The exported CSV and its manifest: $tour/audit-log.csv"
echo "To get a window, run this on a desktop, over 'ssh -X', or with DISPLAY set."
