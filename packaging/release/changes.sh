#!/bin/sh
# Prints what the changelog says of a version; of the unreleased where it has no section yet.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
version=$1
section() {
    awk -v name="## [$1]" 'index($0, "## [") == 1 {on = index($0, name) == 1} on' "$here/CHANGELOG.md"
}
text=$(section "$version")
[ -n "$text" ] || text=$(section Unreleased)
[ -n "$text" ] || { echo "CHANGELOG.md says nothing of $version." >&2; exit 1; }
printf '%s\n' "$text"
