# Runs a handed-in program within limits and without the environment of the device. If the user may
# create namespaces, the program has no network, sees only its own processes, and cannot write to the
# home folder. A limit that is not available is left out; the first line on stderr lists the limits in
# force. "$HOME" is that of the device; the HOME of the program is the current folder.
# Arguments: BIN SECONDS CPU_SECONDS FILE_BLOCKS MEMORY_KIB PROCESSES [NAME=VALUE...] PROGRAM [ARGUMENT...]
# BIN comes first on the program's PATH, unless it is empty.
bin=${1:+$1:}
shift
held=
ulimit -c 0
# At the hard limit the kernel sends SIGKILL; at the soft limit SIGXCPU, which names the cause.
ulimit -S -t "$2" 2>/dev/null && ulimit -H -t "$(($2 + 30))" && held="$held processor-time"
ulimit -f "$3" 2>/dev/null && held="$held file-size"
[ "$4" -gt 0 ] && ulimit -v "$4" 2>/dev/null && held="$held memory"
# -u in bash, -p in dash; root has no limit
[ "$(id -u)" -ne 0 ] && { ulimit -u "$5" || ulimit -p "$5"; } 2>/dev/null && held="$held processes"

alone=
if unshare -r -n -p -f --kill-child --mount-proc true; then
    alone="unshare -r -n -p -f --kill-child --mount-proc"
    held="$held network process-namespace"
elif unshare -r -n true; then
    alone="unshare -r -n"
    held="$held network"
fi 2>/dev/null

# Mounts the home "$1" read-only, except the folder "$2" in it. A user's remount must keep the flags
# of the system's mount, hence the last two attempts. A nested namespace cannot undo it, but another
# process of the user could: hence it needs a process namespace.
read_only='
    remount() { mount -o "remount,bind,ro$2" "$1" 2>/dev/null; }
    mount --rbind "$1" "$1" && mount --bind "$2" "$2" || exit 1
    remount "$1" || remount "$1" ,nosuid,nodev || remount "$1" ,nosuid,nodev,noexec || exit 1
    cd "$2" && [ ! -w "$1" ] && [ -w . ] || exit 1
'
home=
case $held in *process-namespace)
    if $alone sh -c "$read_only
        unshare -r -m true" sh "$HOME" "$PWD"; then
        home=yes
        held="$held home"
    fi
esac >/dev/null 2>&1
late=
timeout -k 5 5 true 2>/dev/null && late="timeout -k 5 $1" && held="$held time"
shift 5
echo "held:$held" >&2
set -- env -i PATH="$bin$PATH" HOME="$PWD" LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 "$@"
[ -z "$home" ] || set -- sh -c "$read_only
    shift 2
    exec unshare -r -m \"\$@\"" sh "$HOME" "$PWD" "$@"
exec $late $alone "$@"
