#!/bin/sh
# Renews the pictures of the guide from the real window on a virtual screen.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$here"
images=docs/images
mkdir -p "$images"
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

# The page Appearance: each page on a screen of 1920x1080 at 100, 150 and 200 % (rows), dialogs
# and states at 100 %, all of them in light, dark and high contrast (columns).
themes="light,dark,contrast"
pages="first-start audit-log review activity activity-table retention"
states="connection-tested connection-refused connection-weak-tls connection-more password
    evidence-damaged not-opened welcome-again export exported no-match filter-error shortcuts about
    time-zone settings policy exceptions report sign-off retention-change production switcher
    entry-menu period-menu evidence-opened-before evidence-to-remove activity-no-match
    odd-names odd-review odd-activity lost"
# shellcheck disable=SC2086 # pages is a list of words
{
    packaging/setup/looks.sh "$work" 1.5 "$themes" 1280x720 $pages
    packaging/setup/looks.sh "$work" 2 "$themes" 960x540 $pages
}
rm -f "$images"/look-*.webp

# in_themes VIEW SUFFIX: the view's pictures, in the order of the columns.
in_themes() {
    for theme in light dark contrast; do
        printf '%s\n' "$work"/??-"$1-$theme$2".png
    done
}

for page in $pages; do
    # shellcheck disable=SC2046 # paths without blanks
    .venv/bin/python packaging/setup/sheet.py "$images/look-$page.webp" 3 960 \
        $(in_themes "$page" -1920x1080-x1) $(in_themes "$page" -1280x720-x1.5) \
        $(in_themes "$page" -960x540-x2)
done
for state in $states; do
    of_window=$(in_themes "$state" -1280x800-x1)
    case $of_window in *"?"*) of_window=$(in_themes "$state" -x1) ;; esac
    # shellcheck disable=SC2086 # paths without blanks
    .venv/bin/python packaging/setup/sheet.py "$images/look-$state.webp" 3 640 $of_window
done
