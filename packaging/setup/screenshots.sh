#!/bin/sh
# Renews the pictures of the guide from the real window on a virtual screen.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$here"
images=docs/images
mkdir -p "$images"
# Paths are seen in the pictures, so none of this computer's own is used.
work=$(mktemp -d /tmp/mylla-audit.XXXXXX)
trap 'rm -rf "$work"' EXIT
export TZ=Europe/Berlin
for theme in light dark; do
    for size in 1280x800 1920x1080; do
        xvfb-run -a -s "-screen 0 1920x1080x24" .venv/bin/mylla-audit-desktop --demo \
            --profile "$work/profile" --theme "$theme" --size "$size" --tour "$work/$theme-$size"
    done
    PYTHONPATH="$here" xvfb-run -a -s "-screen 0 1920x1080x24" .venv/bin/python \
        packaging/setup/connection_pictures.py \
        "$work/connections" "$theme" 1280x800 >/dev/null
    for picture in welcome connection-tested connection-refused production; do
        cp "$work/connections/$picture-$theme-1280x800.png" "$images/$picture-$theme.png"
    done
    cp "$work/$theme-1280x800/02-changes.png" "$images/audit-log-$theme.png"
    cp "$work/$theme-1920x1080/02-changes.png" "$images/audit-log-$theme-large.png"
    xvfb-run -a -s "-screen 0 1920x1080x24" .venv/bin/python packaging/setup/review_pictures.py \
        "$work/review" "$work/profile" "$theme"
    cp "$work/review/policy-$theme.png" "$work/review/exceptions-$theme.png" "$images/"
    cp "$work/$theme-1280x800/08-checklist.png" "$images/review-$theme.png"
    cp "$work/$theme-1920x1080/08-checklist.png" "$images/review-$theme-large.png"
    cp "$work/$theme-1280x800/05-traced.png" "$images/trace-$theme.png"
    cp "$work/$theme-1280x800/07-exported.png" "$images/export-$theme.png"
    cp "$work/$theme-1280x800"/*-activity.png "$images/activity-$theme.png"
done
