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
# as_it_is PICTURE NAME: for the text of the guide.
as_it_is() {
    .venv/bin/python packaging/setup/sheet.py "$images/$2.webp" 1 4000 "$1"
}
for theme in light dark; do
    # Each picture of the guide, and the view that it shows.
    for pair in audit-log:audit-log trace:trace review:review activity:activity \
        retention:retention welcome:first-start production:production; do
        as_it_is "$work"/??-"${pair#*:}-$theme-1280x800-x1.png" "${pair%:*}-$theme"
    done
    for page in audit-log review; do
        as_it_is "$work"/??-"$page-$theme-1920x1080-x1.png" "$page-$theme-large"
    done
    for pair in export:exported policy:policy exceptions:exceptions \
        connection-tested:connection-tested connection-refused:connection-refused; do
        as_it_is "$work"/??-"${pair#*:}-$theme-x1.png" "${pair%:*}-$theme"
    done
done

# The page Appearance: pages, dialogs and menus on a screen of 1920x1080 at 100, 150 and 200 %
# (rows), states of a page at 100 %; all of them in light, dark and high contrast (columns).
themes="light,dark,contrast"
pages="first-start audit-log review activity activity-table retention"
dialogs="connection-tested connection-refused connection-weak-tls connection-more password
    evidence-damaged export exported shortcuts about time-zone settings policy exceptions report
    sign-off retention-change switcher entry-menu period-menu evidence-opened-before
    evidence-to-remove"
states="not-opened welcome-again no-match filter-error production activity-no-match
    odd-names odd-review odd-activity many-entries many-activity many-activity-table
    empty-log empty-review empty-activity empty-retention
    lost lost-review lost-activity lost-retention"
# shellcheck disable=SC2086 # they are lists of words
{
    SCREEN=1920x1080 packaging/setup/looks.sh "$work" 1.5 "$themes" 1280x720 $pages $dialogs
    SCREEN=1920x1080 packaging/setup/looks.sh "$work" 2 "$themes" 960x540 $pages $dialogs
}
rm -f "$images"/look-*.webp

# in_themes VIEW SUFFIX: the view's pictures, in the order of the columns.
in_themes() {
    for theme in light dark contrast; do
        printf '%s\n' "$work"/??-"$1-$theme$2".png
    done
}

# shellcheck disable=SC2046 # paths without blanks
{
    for page in $pages; do
        .venv/bin/python packaging/setup/sheet.py "$images/look-$page.webp" 3 800 \
            $(in_themes "$page" -1920x1080-x1) $(in_themes "$page" -1280x720-x1.5) \
            $(in_themes "$page" -960x540-x2)
    done
    for dialog in $dialogs; do
        .venv/bin/python packaging/setup/sheet.py "$images/look-$dialog.webp" 3 520 \
            $(in_themes "$dialog" -x1) $(in_themes "$dialog" -x1.5) $(in_themes "$dialog" -x2)
    done
    for state in $states; do
        .venv/bin/python packaging/setup/sheet.py "$images/look-$state.webp" 3 640 \
            $(in_themes "$state" -1280x800-x1)
    done
}
