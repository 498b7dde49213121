#!/bin/bash
# Tries the grader on Arm: `sudo benchmarks/arm_root.sh WHEEL HAND_IN FOLDER`.
#
# Makes an arm64 root of Debian in FOLDER, emulated by qemu-user, installs the wheel WHEEL with a
# torch without CUDA, and runs `grader doctor` and `grader check --quick HAND_IN` in it. Needs root,
# the packages debootstrap and qemu-user-static, and binfmt_misc; its times say nothing about a Pi.
# FOLDER is kept, so that a second run begins at the installation.
set -euo pipefail
wheel=$1 hand_in=$2 root=$3
torch=${TORCH:-torch==2.10.*} # the last release whose wheel for Arm on PyPI brings no CUDA

registered=/proc/sys/fs/binfmt_misc/qemu-aarch64
[ -e /proc/sys/fs/binfmt_misc/register ] || mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
# The magic bytes and the mask of arm64's ELF files, as Debian's qemu-user-binfmt registers them.
# F: the interpreter is opened now, so that it is found inside the root too.
[ -e "$registered" ] || printf '%s' ':qemu-aarch64:M::\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00:\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:/usr/bin/qemu-aarch64-static:F' \
    > /proc/sys/fs/binfmt_misc/register

[ -e "$root/usr/bin/python3" ] || debootstrap --arch=arm64 --variant=minbase \
    --include=python3-venv,python3-dev,bubblewrap,ca-certificates bookworm "$root"

cp "$wheel" "$hand_in" "$root/root/"
for file in /etc/resolv.conf /etc/pip.conf /etc/ssl/certs/ca-certificates.crt; do
    [ ! -e "$file" ] || cp "$file" "$root$file"
done
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
trap 'umount "$root/proc"; umount -l "$root/dev"' EXIT

inside() { chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/bin:/bin:/usr/sbin:/sbin LANG=C.UTF-8 "$@"; }
inside python3 -m venv /root/venv
time inside /root/venv/bin/pip install --quiet "$torch" "/root/$(basename "$wheel")"
inside /root/venv/bin/python -c 'import platform, torch; print(platform.machine(), torch.__version__)'
time inside /root/venv/bin/grader doctor || echo "grader doctor: exit code $?"
time inside /root/venv/bin/grader check --quick "/root/$(basename "$hand_in")" || echo "grader check: exit code $?"
