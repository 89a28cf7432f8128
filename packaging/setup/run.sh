#!/bin/sh
# Opens the window on the demo log; without a display, goes through the main job unseen.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$here"
if [ -n "${DISPLAY:-}" ] || [ -n "${WAYLAND_DISPLAY:-}" ]; then
    code=0
    .venv/bin/mylla-audit-desktop --demo "$@" || code=$?
    if [ "$code" -eq 134 ]; then # Qt aborts where no display answers
        echo "No window could be opened on the display ${DISPLAY:-$WAYLAND_DISPLAY}. To go through the main job unseen: env -u DISPLAY -u WAYLAND_DISPLAY make run" >&2
    fi
    exit "$code"
fi
tour="$here/build/tour"
echo "There is no display, so the window goes through its main job unseen."
.venv/bin/mylla-audit-desktop --demo --tour "$tour" "$@"
echo
echo "Screenshots: $tour/*.png"
echo "The exported CSV and its manifest: $tour/audit-log.csv"
echo "To get a window, run this on a desktop, over 'ssh -X', or with DISPLAY set."
