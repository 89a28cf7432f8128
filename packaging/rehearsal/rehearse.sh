#!/bin/sh
# The dress rehearsal: an empty Debian or Ubuntu in a folder, with nothing but what the README
# names, a fresh clone of what is committed, and the README's commands in it.
#   rehearse.sh [--suite bookworm|trixie|jammy|noble|…] [--keyring FILE] [--keep] run|test|deb|release|all
# `deb` installs dist/*.deb there, runs its tour, removes it and looks at what is left; `release`
# builds all packages there and takes them home to build/rehearsal.
# Needs root, debootstrap, the package sources that this computer uses, and the keys that the
# distribution signs its packages with: on Debian 13, those of Ubuntu are in the package
# ubuntu-keyring; elsewhere unpack it and name its file.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$here"
suite=bookworm keep="" mirror="" keyring="" own=""
while [ $# -gt 1 ]; do
    case "$1" in
        --suite) suite=$2; shift 2 ;;
        --mirror) mirror=$2; shift 2 ;;
        --keyring) keyring=$2; shift 2 ;;
        --keep) keep=yes; shift ;;
        *) break ;;
    esac
done
what=${1:-all}
case "$what" in run | test | deb | release | all) ;; *)
    echo "usage: rehearse.sh [--suite NAME] [--mirror URL] [--keyring FILE] [--keep] run|test|deb|release|all" >&2
    exit 2 ;;
esac
[ "$(id -u)" -eq 0 ] || { echo "Run it as root: it makes a system of its own." >&2; exit 2; }
case "$what" in deb | all)
    # Looked for now, not after half an hour.
    deb=$(find dist -maxdepth 1 -name '*.deb' 2>/dev/null)
    [ -n "$deb" ] || { echo "There is no package to install. Build it first: make deb" >&2; exit 2; } ;;
esac
command -v debootstrap >/dev/null || { echo "Install it first: apt-get install -y debootstrap" >&2; exit 2; }
# Without a mirror, debootstrap knows where each distribution is.
case "$suite" in
    bookworm | trixie | forky | sid)
        components=main
        of=debian keyring=${keyring:-/usr/share/keyrings/debian-archive-keyring.gpg} ;;
    *)
        components=main,universe
        of=ubuntu keyring=${keyring:-/usr/share/keyrings/ubuntu-archive-keyring.gpg} ;;
esac

# Kept between rehearsals: the empty system, as a tarball of its packages.
base="$here/.cache/rehearsal-$suite.tar"
root=$(mktemp -d "${TMPDIR:-/var/tmp}/rehearsal.XXXXXX")
finish() {
    # What still runs in there, such as the database server that its package starts.
    for process in /proc/[0-9]*; do
        if [ "$(readlink "$process/root")" = "$root" ]; then kill -KILL "${process#/proc/}" || true; fi
    done 2>/dev/null
    for place in dev/shm dev/pts dev sys proc; do
        mountpoint -q "$root/$place" && umount -l "$root/$place"
    done
    [ -z "$own" ] || rm -rf "$own"
    if [ -n "$keep" ]; then echo "The system stays in $root"; else rm -rf --one-file-system "$root"; fi
}
trap finish EXIT
trap 'exit 130' INT TERM
if [ ! -f "$base" ]; then
    echo "Fetching an empty $suite"
    mkdir -p "$here/.cache"
    if [ ! -f "$keyring" ]; then
        echo "Nothing says that $suite is what it claims to be: $keyring is not there. Install it, or name it with --keyring FILE." >&2
        exit 2
    fi
    # A debootstrap that is older than the suite makes it as it made those before.
    scripts=/usr/share/debootstrap/scripts
    if [ ! -e "$scripts/$suite" ]; then
        own=$(mktemp -d "${TMPDIR:-/var/tmp}/debootstrap.XXXXXX")
        cp -r /usr/share/debootstrap/. "$own"
        if [ "$of" = ubuntu ]; then ln -s gutsy "$own/scripts/$suite"; else ln -s sid "$own/scripts/$suite"; fi
        export DEBOOTSTRAP_DIR="$own"
    fi
    # shellcheck disable=SC2086 # a mirror, or nothing
    debootstrap --variant=minbase --keyring="$keyring" --components="$components" "$suite" "$root" $mirror \
        >"$here/.cache/rehearsal.log" 2>&1 || { tail -5 "$here/.cache/rehearsal.log" >&2; exit 1; }
    tar -C "$root" -cf "$base.part" . && mv "$base.part" "$base"
else
    tar -C "$root" -xf "$base"
fi
cp /etc/resolv.conf "$root/etc/resolv.conf"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount --bind /dev "$root/dev"
mount --bind /dev/pts "$root/dev/pts"
mkdir -p "$root/dev/shm"
mount -t tmpfs tmpfs "$root/dev/shm"
# This computer's way to its package index: certificates (under a name that no package of the
# system there replaces) and settings.
[ ! -f /etc/pip.conf ] || cp /etc/pip.conf "$root/etc/pip.conf"
way=""
certificates=${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}
if [ -f "$certificates" ]; then
    cp -L "$certificates" "$root/etc/rehearsal-certificates.crt"
    way="PIP_CERT=/etc/rehearsal-certificates.crt SSL_CERT_FILE=/etc/rehearsal-certificates.crt"
fi
for name in PIP_INDEX_URL UV_DEFAULT_INDEX; do
    value=$(printenv "$name" || true)
    [ -z "$value" ] || way="$way $name=$value"
done

# Nothing else of this computer's environment.
inside() {
    # shellcheck disable=SC2086 # a list of settings
    chroot "$root" env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        LANG=C.UTF-8 TERM=dumb DEBIAN_FRONTEND=noninteractive $way "$@"
}
step() {
    begun=$(date +%s)
    echo "== $1"
    shift
    "$@" || { echo "The rehearsal failed there." >&2; exit 1; }
    echo "   ($(($(date +%s) - begun)) s)"
}

# What is / in there: other users than root (apt's, the database server's) must get through.
chmod 755 "$root"
inside apt-get -qq update
case "$what" in run | test | release | all)
    # The README's first command, read from it.
    packages=$(sed -n 's/.*apt-get install -y \(git make .*\)$/\1/p' README.md | head -n 1)
    # shellcheck disable=SC2086 # a list of packages
    step "What the README names: $packages" inside sh -c "apt-get -qq install -y $packages >/dev/null"
    git clone -q "$here" "$root/root/clone"
    case "$what" in run | all)
        step "make run" inside make -C /root/clone run
        step "make run, a second time" inside make -C /root/clone run ;;
    esac
    case "$what" in test | all)
        step "make test" inside make -C /root/clone test ;;
    esac
    if [ "$what" = release ]; then
        step "make release" inside make -C /root/clone release
        rm -rf "build/rehearsal/$suite"
        mkdir -p build/rehearsal
        cp -r "$root/root/clone/dist" "build/rehearsal/$suite"
    fi ;;
esac
case "$what" in deb | all)
    cp "$deb" "$root/root/package.deb"
    step "What every computer has: systemd man-db" inside sh -c "apt-get -qq install -y --no-install-recommends systemd man-db >/dev/null"
    step "apt install $deb" inside sh -c "apt-get -qq install -y --no-install-recommends /root/package.deb >/root/apt.log 2>&1 || { tail -20 /root/apt.log; exit 1; }"
    step "mylla-audit-desktop --demo --tour" inside mylla-audit-desktop --demo --tour /root/tour
    step "mylla-audit verify" inside mylla-audit verify /root/tour/audit-log.csv
    step "man mylla-audit" inside sh -c "man mylla-audit | grep -q 'retention enforce' && man mylla-audit-desktop | grep -q -- --demo"
    step "The daily job is off" inside sh -c "[ \"\$(systemctl is-enabled mylla-audit-retention.timer)\" = disabled ]"
    # An administrator turned it on.
    inside systemctl --quiet enable mylla-audit-retention.timer
    step "apt remove" inside sh -c "apt-get -qq purge -y mylla-audit-desktop >/root/apt.log 2>&1"
    # man keeps pages that were read.
    left=$(inside find / -xdev \( -path /proc -o -path /sys -o -path /root -o -path /var/cache/man \) -prune -o -iname '*mylla*' -print)
    if [ -n "$left" ]; then
        echo "This was left behind:" >&2
        echo "$left" >&2
        exit 1
    fi
    echo "== Nothing but the user's data is left: $(inside sh -c 'ls -d /root/.config/mylla-audit /root/.local/share/mylla-audit 2>/dev/null' | paste -sd' ')" ;;
esac
echo "The rehearsal on $suite went well."
