#!/bin/sh
# Renews the pictures of the guide from the real window on a virtual screen.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$here"
images=docs/images
mkdir -p "$images"
# Paths and the login are seen in the pictures, so none of this computer's own is used.
work=$(mktemp -d /tmp/mylla-audit.XXXXXX)
trap 'rm -rf "$work"' EXIT
export TZ=Europe/Berlin LOGNAME=ana
export PYTHONPATH="$here"

on_a_screen() {
    xvfb-run -a -s "-screen 0 1920x1080x24" "$@"
}

# Each tour on a demo in which nobody has been yet.
mkdir -p "$work/fresh/data"
.venv/bin/mylla-audit demo --database "sqlite:///$work/fresh/data/demo.sqlite" >/dev/null

for theme in light dark; do
    for size in 1280x800 1920x1080; do
        rm -rf "$work/profile"
        cp -r "$work/fresh" "$work/profile"
        on_a_screen .venv/bin/mylla-audit-desktop --demo --profile "$work/profile" \
            --theme "$theme" --size "$size" --tour "$work/$theme-$size"
    done
    small="$work/$theme-1280x800" large="$work/$theme-1920x1080"
    cp "$small"/*-changes.png "$images/audit-log-$theme.png"
    cp "$large"/*-changes.png "$images/audit-log-$theme-large.png"
    cp "$small"/*-traced.png "$images/trace-$theme.png"
    cp "$small"/*-exported.png "$images/export-$theme.png"
    cp "$small"/*-checklist.png "$images/review-$theme.png"
    cp "$large"/*-checklist.png "$images/review-$theme-large.png"
    cp "$small"/*-activity.png "$images/activity-$theme.png"

    on_a_screen .venv/bin/python packaging/setup/more_pictures.py \
        "$work/pages" "$work/profile" "$theme"
    for picture in policy exceptions retention; do
        cp "$work/pages/$picture-$theme.png" "$images/$picture-$theme.png"
    done

    on_a_screen .venv/bin/python packaging/setup/connection_pictures.py \
        "$work/connections" "$theme" 1280x800 >/dev/null
    for picture in welcome connection-tested connection-refused production; do
        cp "$work/connections/$picture-$theme-1280x800.png" "$images/$picture-$theme.png"
    done
done
