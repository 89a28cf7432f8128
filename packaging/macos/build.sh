#!/bin/sh
# Not built here. On macOS 13 or newer with Python 3.11 to 3.13 and Xcode's command line tools:
#   packaging/macos/build.sh
# Leaves "dist/Mylla Audit.app" and dist/mylla-audit-desktop-VERSION.dmg. With
# SIGNING_IDENTITY="Developer ID Application: …" it signs, and with NOTARY_PROFILE (made once
# by `xcrun notarytool store-credentials`) it has Apple notarize the image.
set -eu

cd "$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)"
python=${PYTHON:-python3}
[ -x .cache/uv/bin/uv ] || { "$python" -m venv .cache/uv && .cache/uv/bin/python -m pip install -q "uv==0.13.9"; }
uv=.cache/uv/bin/uv
export UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=.cache/release
"$uv" sync --locked --no-default-groups --group release --no-install-project --python "$python"
rm -rf dist/*.whl dist/*.app dist/*.dmg
"$uv" build --quiet --wheel --out-dir dist
"$uv" pip install --quiet --reinstall --no-deps --python .cache/release dist/*.whl

# macOS wants its icon as a set of pictures.
iconset=build/icons/mylla-audit.iconset
mkdir -p "$iconset"
for size in 16 32 128 256 512; do
    for scale in 1 2; do
        name="icon_${size}x$size$([ "$scale" = 1 ] || echo @2x).png"
        .cache/release/bin/python packaging/linux/icon.py resources/icons/application.svg \
            "$((size * scale))" "$iconset/$name"
    done
done
iconutil -c icns -o build/icons/mylla-audit.icns "$iconset"
.cache/release/bin/python -I -m PyInstaller --noconfirm --log-level WARN --distpath dist \
    --workpath build/pyinstaller packaging/bundle/mylla_audit.spec
app="dist/Mylla Audit.app"
version=$("$app/Contents/MacOS/mylla-audit" --version | cut -d' ' -f2)
"$app/Contents/MacOS/mylla-audit-desktop" --demo --profile build/tour-profile --tour build/tour

if [ -n "${SIGNING_IDENTITY:-}" ]; then
    # From the inside out: what is signed later covers what is signed now.
    find "$app/Contents" \( -name '*.dylib' -o -name '*.so' \) -exec \
        codesign --force --timestamp --options runtime --sign "$SIGNING_IDENTITY" {} +
    codesign --force --timestamp --options runtime --sign "$SIGNING_IDENTITY" \
        --entitlements packaging/macos/entitlements.plist "$app/Contents/MacOS/mylla-audit" "$app"
    codesign --verify --deep --strict "$app"
fi
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
