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

packaging/setup/looks.sh "$work" 1
for theme in light dark; do
    # Each picture of the guide, and the view that it shows.
    for pair in audit-log:audit-log trace:trace review:review activity:activity \
        retention:retention welcome:first-start production:production; do
        cp "$work"/??-"${pair#*:}-$theme-1280x800-x1.png" "$images/${pair%:*}-$theme.png"
    done
    for page in audit-log review; do
        cp "$work"/??-"$page-$theme-1920x1080-x1.png" "$images/$page-$theme-large.png"
    done
    for pair in export:exported policy:policy exceptions:exceptions \
        connection-tested:connection-tested connection-refused:connection-refused; do
        cp "$work"/??-"${pair#*:}-$theme-x1.png" "$images/${pair%:*}-$theme.png"
    done
done
