#!/bin/sh
# Builds dist/mylla_audit_desktop-VERSION-py3-none-any.whl: code and resources, for
# `pipx install` and `uv tool install`. The builder is one of the locked dependencies, so that
# this needs no network.   build.sh [FOLDER]
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$here"
folder=${1:-dist}
packaging/setup/environment.sh
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || echo 1767225600)
export SOURCE_DATE_EPOCH
rm -f "$folder"/*.whl
.venv/bin/python -m hatchling build -t wheel -d "$folder" >/dev/null
ls "$folder"/*.whl
