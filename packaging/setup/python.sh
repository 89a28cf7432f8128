#!/bin/sh
# Prints the Python to build on: the first of the versions that the project supports.
set -eu

for name in python3 python3.13 python3.12 python3.11; do
    path=$(command -v "$name" 2>/dev/null) || continue
    if "$path" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
        echo "$path"
        exit 0
    fi
done
found=$(python3 --version 2>/dev/null || echo "no Python")
echo "Python 3.11, 3.12 or 3.13 is needed; there is $found. Install one as python3.13, python3.12 or python3.11, then try again." >&2
exit 1
