#!/bin/sh
# Holds the locked dependencies against the advisories of PyPI and of OSV. Says "clean" only
# where a service has answered for every one of them; exit 1: advisories, 3: nobody answered.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$here"
packaging/setup/environment.sh release
mkdir -p build
.cache/uv/bin/uv export --quiet --frozen --no-default-groups --no-emit-project -o build/locked.txt
count=$(grep -c '^[a-z0-9._-]*==' build/locked.txt)
for service in pypi osv; do
    code=0
    .cache/release/bin/pip-audit --strict --vulnerability-service "$service" --requirement build/locked.txt \
        --require-hashes --disable-pip --timeout 15 --progress-spinner off --format json \
        --output build/audit.json >build/audit.log 2>&1 || code=$?
    # Without answers for some of them (--strict) there is no report.
    if [ "$code" -eq 0 ]; then
        echo "Clean: $service knows of no advisory for the $count locked packages."
        exit 0
    fi
    if grep -q 'known vulnerabilit' build/audit.log; then
        cat build/audit.log
        .cache/release/bin/python - <<'PY'
import json
for one in json.load(open("build/audit.json"))["dependencies"]:
    for advisory in one.get("vulns", []):
        fixed = ", ".join(advisory["fix_versions"]) or "no version yet"
        print(f"{one['name']} {one['version']}: {advisory['id']}, mended in {fixed}")
PY
        exit 1
    fi
    echo "$service did not answer for all of the packages: $(grep -E 'ERROR|Error' build/audit.log | tail -n 1 | cut -c1-160)" >&2
done
echo "Not audited: no advisory service could be reached. This says nothing about the $count locked packages." >&2
exit 3
