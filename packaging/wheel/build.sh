#!/bin/sh
# Builds dist/mylla_audit_desktop-VERSION-py3-none-any.whl: code and resources, for
# `pipx install` and `uv tool install`.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$here"
packaging/setup/environment.sh
index=${UV_DEFAULT_INDEX:-${PIP_INDEX_URL:-$(.cache/uv/bin/python -m pip config get global.index-url 2>/dev/null || true)}}
[ -z "$index" ] || export UV_DEFAULT_INDEX="$index"
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || echo 1767225600)
export SOURCE_DATE_EPOCH UV_PYTHON_DOWNLOADS=never
mkdir -p dist
rm -f dist/*.whl
.cache/uv/bin/uv build --quiet --wheel --out-dir dist --python "$(packaging/setup/python.sh)"
ls dist/*.whl
