#!/bin/sh
# Makes an environment from the locked dependencies; does nothing, and needs no network,
# where it is up to date.
#   environment.sh           .venv, to run, test and change the program
#   environment.sh release   .cache/release, to build packages: the program's wheel and the
#                            builders, none of what only the tests need
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$here"
purpose=${1:-develop}
uv_version=$(sed -n "s/^uv==//p" packaging/setup/uv.txt)
case "$purpose" in
    develop) venv=".venv" groups="" ;;
    release) venv=".cache/release" groups="--no-default-groups --group release" ;;
    *) echo "usage: environment.sh [release]" >&2; exit 2 ;;
esac
stamp="$venv/.up-to-date"
state=$({ pwd; cat uv.lock pyproject.toml packaging/setup/environment.sh packaging/setup/uv.txt; } | sha256sum)

if [ "$(cat "$stamp" 2>/dev/null)" = "$state" ] && "$venv/bin/python" -c "" 2>/dev/null; then
    exit 0
fi

python=$(packaging/setup/python.sh)
echo "Setting up the environment in $venv (once; a few hundred megabytes)"
mkdir -p .cache
log=".cache/environment.log"
: >"$log"

# Runs a command quietly; where it fails, shows the end of what it said, and a line to act on.
attempt() {
    advice=$1
    shift
    if ! "$@" >>"$log" 2>&1; then
        tail -n 10 "$log" >&2
        echo "$advice" >&2
        exit 1
    fi
}

network="The packages could not be fetched. Check the network (or your own package index), then try again."
if [ "$(.cache/uv/bin/uv --version 2>/dev/null | cut -d' ' -f2)" != "$uv_version" ]; then
    rm -rf .cache/uv
    attempt "$python cannot make an environment. On Debian: sudo apt-get install -y python3-venv" \
        "$python" -m venv .cache/uv
    attempt "$network" .cache/uv/bin/python -m pip install -q --disable-pip-version-check -r packaging/setup/uv.txt
fi

uv=.cache/uv/bin/uv
export UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT="$here/$venv"
# As a package has it. Python would compile while the window is in use, or at every start where it
# may write no files; a large module stops the window meanwhile.
export UV_COMPILE_BYTECODE=1
index=${UV_DEFAULT_INDEX:-${UV_INDEX_URL:-${PIP_INDEX_URL:-$(.cache/uv/bin/python -m pip config get global.index-url 2>/dev/null || true)}}}
# shellcheck disable=SC2086 # groups is a list of words
if [ -z "$index" ]; then
    project=""
    [ "$purpose" = develop ] || project="--no-install-project"
    attempt "$network" $uv sync --locked --python "$python" $groups $project
else
    # The lock names the public index. Elsewhere the same files are taken by their hashes.
    attempt "The lock could not be read." $uv export --frozen --no-emit-project $groups -o .cache/requirements.txt
    attempt "The environment could not be made." $uv venv --clear --python "$python" "$venv"
    export UV_DEFAULT_INDEX="$index" VIRTUAL_ENV="$here/$venv"
    attempt "$network" $uv pip sync --require-hashes .cache/requirements.txt
    if [ "$purpose" = develop ]; then
        attempt "$network" $uv pip install --no-deps --editable .
    fi
fi
if [ "$purpose" = develop ]; then
    "$venv/bin/python" -m compileall -q mylla_audit_desktop
fi
printf '%s' "$state" >"$stamp"
