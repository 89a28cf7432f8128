#!/bin/sh
# Takes pictures of every page and dialog on a virtual screen, to be looked at.
#   looks.sh FOLDER [SCALES [THEMES [SIZES [VIEW ...]]]]    see looks.py; SCALES such as "1 1.5 2"
# SCREEN is the screen in its own points; by default one on which every window has room.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$here"
folder=$1 scales=${2:-1 1.5 2}
shift
[ $# -eq 0 ] || shift
mkdir -p "$folder"
# The zone, the login and paths are seen in the pictures: those of a user, where this computer
# lets there be one.
home=/home/ana
mkdir "$home" 2>/dev/null || home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
trap 'exit 130' INT TERM
export TZ=Europe/Berlin LOGNAME=ana HOME="$home" PYTHONPATH="$here"
for scale in $scales; do
    # Each scale begins as a new user.
    rm -rf "$home"
    mkdir "$home"
    QT_SCALE_FACTOR="$scale" xvfb-run -a -s "-screen 0 ${SCREEN:-3840x2400}x24" \
        .venv/bin/python packaging/setup/looks.py "$folder" "$@"
done
