#!/bin/sh
# Not built here. On macOS 13 or newer with Python 3.11 to 3.13 and Xcode's command line tools:
#   packaging/macos/build.sh
# Leaves "dist/Mylla Audit.app" and dist/mylla-audit-desktop-VERSION.dmg. With
# SIGNING_IDENTITY="Developer ID Application: …" it signs, and with NOTARY_PROFILE (made once
# by `xcrun notarytool store-credentials`) it has Apple notarize the image.
set -eu

cd "$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)"
python=${PYTHON:-$(packaging/setup/python.sh)}
[ -x .cache/uv/bin/python ] || "$python" -m venv .cache/uv
.cache/uv/bin/python -m pip install -q --disable-pip-version-check -r packaging/setup/uv.txt
uv=.cache/uv/bin/uv
export UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=.cache/release
"$uv" sync --locked --no-default-groups --group release --no-install-project --python "$python"
rm -rf dist/*.whl dist/*.app dist/*.dmg
.cache/release/bin/python -m hatchling build -t wheel -d dist
"$uv" pip install --quiet --reinstall --no-deps --python .cache/release dist/*.whl

# macOS wants its icon as a set of pictures.
iconset=build/icons/mylla-audit.iconset
mkdir -p "$iconset"
for size in 16 32 128 256 512; do
    for scale in 1 2; do
        name="icon_${size}x$size$([ "$scale" = 1 ] || echo @2x).png"
        QT_QPA_PLATFORM=offscreen .cache/release/bin/python packaging/linux/icon.py resources/icons/application.svg \
            "$((size * scale))" "$iconset/$name"
    done
done
iconutil -c icns -o build/icons/mylla-audit.icns "$iconset"
# With SIGNING_IDENTITY it signs each part and then the whole, Qt's frameworks among them.
export PYINSTALLER_STRICT_BUNDLE_CODESIGN_ERROR=1 PYINSTALLER_VERIFY_BUNDLE_SIGNATURE=1
.cache/release/bin/python -I -m PyInstaller --noconfirm --log-level WARN --distpath dist \
    --workpath build/pyinstaller packaging/bundle/mylla_audit.spec
app="dist/Mylla Audit.app"
version=$("$app/Contents/MacOS/mylla-audit" --version)
version=${version##* }
"$app/Contents/MacOS/mylla-audit-desktop" --demo --profile build/tour-profile --tour build/tour

image="dist/mylla-audit-desktop-$version.dmg"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp -R "$app" "$folder/"
ln -s /Applications "$folder/Applications"
hdiutil create -quiet -volname "Mylla Audit" -srcfolder "$folder" -format UDZO -ov "$image"
if [ -n "${SIGNING_IDENTITY:-}" ] && [ -n "${NOTARY_PROFILE:-}" ]; then
    codesign --timestamp --sign "$SIGNING_IDENTITY" "$image"
    xcrun notarytool submit "$image" --keychain-profile "$NOTARY_PROFILE" --wait
    xcrun stapler staple "$image"
fi
echo "$image"
