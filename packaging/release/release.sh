#!/bin/sh
# Builds everything that is built here, checks it, and leaves in dist/ what is handed over:
# packages, SBOM, the changelog section of this version, checksums.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$here"
if [ -n "$(git status --porcelain)" ]; then
    echo "There are changes that are not committed; a release is made of a commit." >&2
    exit 1
fi
rm -rf dist
packaging/deb/build.sh # the wheel and the bundle on its way
version=$(dist/mylla-audit-desktop/mylla-audit --version)
version=${version##* }
packaging/release/changes.sh "$version" >"dist/CHANGES-$version.md"
.cache/uv/bin/uv export --quiet --frozen --no-default-groups --format cyclonedx1.5 \
    -o "dist/mylla-audit-desktop-$version.cdx.json"
# uv cannot tell the version, which stands in the code, nor that this is a program.
.venv/bin/python - "dist/mylla-audit-desktop-$version.cdx.json" "$version" <<'PY'
import json
import sys
from pathlib import Path

path = Path(sys.argv[1])
content = json.loads(path.read_text("utf-8"))
content["metadata"]["component"].update(type="application", version=sys.argv[2])
path.write_text(json.dumps(content, indent=2) + "\n", "utf-8")
PY
packaging/release/check.sh
# After everything else: the folder is in the tarball.
rm -rf dist/mylla-audit-desktop
(cd dist && sha256sum -- * >SHA256SUMS && sha256sum --quiet -c SHA256SUMS)
audit=0
packaging/release/audit.sh || audit=$?
ls -lh dist
case "$audit" in
    0) ;;
    1) echo "Mind: there are advisories for the dependencies (see above)." >&2 ;;
    *) echo "Mind: the dependencies were not audited (see above)." >&2 ;;
esac
