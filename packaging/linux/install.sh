#!/bin/sh
# Lays the parts that every Linux package shares under a root: menu entry, icons, AppStream
# data, man pages, the retention job (disabled).   install.sh ROOT
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
root=$1
cd "$here"
version=$(.venv/bin/python -c 'import mylla_audit_desktop as m; print(m.__version__)')
day=$(git log -1 --format=%cs 2>/dev/null || date -u +%F)

install -Dm644 packaging/linux/mylla-audit-desktop.desktop \
    "$root/usr/share/applications/mylla-audit-desktop.desktop"
install -Dm644 resources/icons/application.svg \
    "$root/usr/share/icons/hicolor/scalable/apps/mylla-audit-desktop.svg"
for size in 16 32 48 64 128 256; do
    QT_QPA_PLATFORM=offscreen .venv/bin/python packaging/linux/icon.py resources/icons/application.svg "$size" \
        "$root/usr/share/icons/hicolor/${size}x$size/apps/mylla-audit-desktop.png"
done
metainfo="$root/usr/share/metainfo/com.mylla.AuditDesktop.metainfo.xml"
install -Dm644 packaging/linux/com.mylla.AuditDesktop.metainfo.xml "$metainfo"
sed -i "s/@VERSION@/$version/; s/@DATE@/$day/" "$metainfo"
.venv/bin/python packaging/linux/manual.py "$root/usr/share/man/man1"
gzip -9nf "$root/usr/share/man/man1/"*.1
for unit in packaging/retention/*.service packaging/retention/*.timer; do
    if [ -e "$unit" ]; then
        install -Dm644 "$unit" "$root/usr/lib/systemd/system/$(basename "$unit")"
    fi
done
install -Dm644 packaging/retention/mylla-audit-retention.conf \
    "$root/usr/lib/sysusers.d/mylla-audit-retention.conf"
for example in retention.env mylla-audit-retention.cron; do
    install -Dm644 "packaging/retention/$example" \
        "$root/usr/share/doc/mylla-audit-desktop/retention/$example"
done
