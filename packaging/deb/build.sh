#!/bin/sh
# Builds dist/mylla-audit-desktop_VERSION_ARCH.deb: the bundle under /usr/lib, both commands,
# menu entry, icons, man pages, AppStream data, the retention job (disabled).
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$here"
[ "${1:-}" = --keep-bundle ] || packaging/bundle/build.sh
version=$(dist/mylla-audit-desktop/mylla-audit --version)
version=${version##* }
architecture=$(dpkg --print-architecture)
root="$here/build/deb"
rm -rf "$root" dist/*.deb
mkdir -p "$root/DEBIAN" "$root/usr/lib" "$root/usr/bin"
cp -a dist/mylla-audit-desktop "$root/usr/lib/mylla-audit-desktop"
rm -f "$root/usr/lib/mylla-audit-desktop/"*.md "$root/usr/lib/mylla-audit-desktop/LICENSE"
for program in mylla-audit mylla-audit-desktop; do
    ln -s "../lib/mylla-audit-desktop/$program" "$root/usr/bin/$program"
done
packaging/linux/install.sh "$root"
install -Dm644 packaging/deb/copyright "$root/usr/share/doc/mylla-audit-desktop/copyright"
gzip -9nc CHANGELOG.md >"$root/usr/share/doc/mylla-audit-desktop/NEWS.gz"
{
    echo "mylla-audit-desktop ($version) unstable; urgency=medium"
    printf '\n  * What is new is in NEWS.gz.\n\n'
    echo " -- $(sed -n 's/^Maintainer: //p' packaging/deb/control.in)  $(git log -1 --format=%cD 2>/dev/null || date -R)"
} | gzip -9nc >"$root/usr/share/doc/mylla-audit-desktop/changelog.gz"
install -Dm644 packaging/deb/lintian-overrides "$root/usr/share/lintian/overrides/mylla-audit-desktop"
find "$root" -type d -exec chmod 755 {} +
chmod -R u+rwX,go+rX,go-w "$root"
find "$root/usr/lib" -name '*.so*' -type f -exec chmod 644 {} +

# Debian's own libraries are Debian's to keep safe: the bundle's copies of them go.
for library in "$root/usr/lib/mylla-audit-desktop/_internal/"lib*.so*; do
    case "$library" in */libpython*) continue ;; esac # the one that this bundle was built with
    if dpkg-query -S "*/$(basename "$library")" >/dev/null 2>&1; then
        rm "$library"
    fi
done
# What is asked for by name, and where that is not in the bundle the package that has it.
files=$(find "$root/usr/lib/mylla-audit-desktop" -type f \( -name '*.so*' -o -perm -u+x \))
# shellcheck disable=SC2086 # a list of files
asked=$(readelf -d $files 2>/dev/null | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u)
needed=$(for library in $asked; do
    [ -z "$(find "$root" -name "$library" -print -quit)" ] || continue
    path=$(ldconfig -p | awk -v name="$library" '$1 == name {print $NF; exit}')
    package="?$library"
    # Some libraries are known by the path before a link was followed.
    for place in "$path" "$(readlink -f "$path")" "/usr$path"; do
        if [ -f "$place" ] && owner=$(dpkg-query -S "$place" 2>/dev/null); then
            package=${owner%%:*}
            break
        fi
    done
    echo "$package"
done | sort -u)
case "$needed" in *"?"*)
    echo "The bundle asks for what no package here has: $(printf '%s\n' "$needed" | sed -n 's/^?//p' | paste -sd' ')" >&2
    exit 1 ;;
esac
# shellcheck disable=SC2086
libc=$(objdump -T $files 2>/dev/null | grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -n 1 | cut -d_ -f2)
# Loaded while running, so that no ldd names them.
# shellcheck disable=SC2086
needed=$(printf '%s\n' $needed libegl1 libgl1 libfontconfig1 libdbus-1-3 libxcb-cursor0 | sort -u |
    sed "s/^libc6$/libc6 (>= $libc)/" | paste -sd, | sed 's/,/, /g')
size=$(du -sk --exclude=DEBIAN "$root" | cut -f1)
sed -e "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/; s/@SIZE@/$size/; s/@NEEDED@/$needed/" \
    packaging/deb/control.in >"$root/DEBIAN/control"
install -m755 packaging/deb/prerm "$root/DEBIAN/prerm"
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
deb="dist/mylla-audit-desktop_${version}_$architecture.deb"
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || echo 1767225600) \
    dpkg-deb --root-owner-group -Zxz -z6 --build "$root" "$deb" >/dev/null
echo "$deb: $(du -m "$deb" | cut -f1) MB"
