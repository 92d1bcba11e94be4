#!/usr/bin/env bash
# Run a command of README.md in a fresh Debian: debian.sh SUITE [COMMAND]
#
# SUITE is a release such as trixie (Python 3.13) or sid (3.14). COMMAND is run by bash in a clone; without it, it is README's own
# command that tests. Needs root, debootstrap, and Debian's and Python's package registries.
set -euo pipefail
if [ -z "${DEBIAN_ALONE:-}" ]; then
    # What is mounted here goes away with this process, however it ends.
    DEBIAN_ALONE=yes exec unshare --mount "$0" "$@"
fi
suite=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
command=${2:-$(grep --max-count=1 'just test$' "$root/README.md")}
place=${DEBIAN_FOLDER:-$root/.venvs}/debian-$suite

if [ ! -e "$place/.ready" ]; then
    rm -rf --one-file-system "$place"
    mkdir -p "$(dirname "$place")"
    debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates,curl,git,procps "$suite" "$place"
    touch "$place/.ready"
fi
mount -t proc proc "$place/proc"
mount --rbind /dev "$place/dev"
cp /etc/resolv.conf "$place/etc/"
echo "127.0.0.1 localhost" > "$place/etc/hosts"
cp /etc/ssl/certs/ca-certificates.crt "$place/etc/ssl/certs/"
rm -rf "$place/root/clone"
git clone --quiet "$root" "$place/root/clone"
echo "+ $command"
chroot "$place" env -i HOME=/root PATH=/usr/bin:/bin:/usr/sbin:/sbin LANG=C.UTF-8 \
    PIP_CERT=/etc/ssl/certs/ca-certificates.crt SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
    bash -euo pipefail -c "cd ~/clone && $command"
