#!/bin/sh
# Builds a folder that needs no Python (dist/mylla-audit-desktop/) and its tarball.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$here"
packaging/setup/system.sh release
packaging/wheel/build.sh
packaging/setup/environment.sh release
# What is bundled is the wheel, as a user would install it.
VIRTUAL_ENV="$here/.cache/release" UV_LINK_MODE=copy .cache/uv/bin/uv pip install --quiet \
    --reinstall --no-deps dist/*.whl
mkdir -p build
rm -rf dist/mylla-audit-desktop
if ! .cache/release/bin/python -I -m PyInstaller --noconfirm --log-level WARN \
    --distpath dist --workpath build/pyinstaller packaging/bundle/mylla_audit.spec >build/bundle.log 2>&1; then
    tail -n 20 build/bundle.log >&2
    echo "The bundle could not be built (see above, and build/bundle.log)." >&2
    exit 1
fi
# Python and some packages come with their debugging symbols. Qt's parts do not, and those of
# psycopg were rewritten in a way that strip does not understand.
find dist/mylla-audit-desktop/_internal -name '*.so*' -type f -not -path '*/PySide6/*' \
    -not -path '*/psycopg_binary*' -exec strip --strip-unneeded {} +
cp LICENSE README.md CHANGELOG.md dist/mylla-audit-desktop/
version=$(dist/mylla-audit-desktop/mylla-audit --version)
version=${version##* }
archive="dist/mylla-audit-desktop-$version-linux-$(uname -m).tar.xz"
rm -f dist/*.tar.xz
tar -C dist --owner=0 --group=0 --numeric-owner --sort=name -cf - mylla-audit-desktop | xz -T0 -6 >"$archive"
echo "dist/mylla-audit-desktop: $(du -sm dist/mylla-audit-desktop | cut -f1) MB; $archive: $(du -m "$archive" | cut -f1) MB"
