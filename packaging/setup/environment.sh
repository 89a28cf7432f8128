#!/bin/sh
# Makes .venv from the locked dependencies; does nothing, and needs no network, where it
# is up to date.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$here"
uv_version="0.13.9"
stamp=".venv/.up-to-date"
state=$(cat uv.lock pyproject.toml packaging/setup/environment.sh | sha256sum)

if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$state" ] && .venv/bin/python -c "" 2>/dev/null; then
    exit 0
fi

python=""
for candidate in python3 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null 2>&1 &&
        "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))'; then
        python=$(command -v "$candidate")
        break
    fi
done
if [ -z "$python" ]; then
    echo "Python 3.11, 3.12 or 3.13 is needed and was not found. On Debian: sudo apt-get install -y python3 python3-venv" >&2
    exit 1
fi

mkdir -p .cache
if ! .cache/uv/bin/uv --version 2>/dev/null | grep -q "^uv $uv_version"; then
    echo "Setting up (once): the environment in .venv"
    rm -rf .cache/uv
    "$python" -m venv .cache/uv >.cache/venv.log 2>&1 || {
        tail -n 5 .cache/venv.log >&2
        echo "python3 cannot make an environment. On Debian: sudo apt-get install -y python3-venv" >&2
        exit 1
    }
    .cache/uv/bin/python -m pip install -q --disable-pip-version-check "uv==$uv_version" >.cache/pip.log 2>&1 || {
        tail -n 5 .cache/pip.log >&2
        echo "uv could not be installed from PyPI. Check the network, then try again." >&2
        exit 1
    }
fi
UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never .cache/uv/bin/uv sync -q --locked --python "$python"
printf '%s' "$state" >"$stamp"
