# Runs a hand-in's program within limits, without the device's environment and, where its user may,
# without network and with its own processes only in sight. What cannot be had here is left out; the
# first line of the errors says what holds.
# Arguments: SECONDS CPU_SECONDS FILE_BLOCKS MEMORY_KIB PROCESSES [NAME=VALUE...] PROGRAM [ARGUMENT...]
held=
ulimit -c 0
# At the hard limit the kernel kills without a word; at the soft one it says what for.
ulimit -S -t "$2" 2>/dev/null && ulimit -H -t "$(($2 + 30))" && held="$held processor-time"
ulimit -f "$3" 2>/dev/null && held="$held file-size"
[ "$4" -gt 0 ] && ulimit -v "$4" 2>/dev/null && held="$held memory"
# bash's letter for it, else dash's; nothing limits root
[ "$(id -u)" -ne 0 ] && { ulimit -u "$5" || ulimit -p "$5"; } 2>/dev/null && held="$held processes"

alone=
if unshare -r -n -p -f --kill-child --mount-proc true; then
    alone="unshare -r -n -p -f --kill-child --mount-proc"
    held="$held network process-namespace"
elif unshare -r -n true; then
    alone="unshare -r -n"
    held="$held network"
fi 2>/dev/null
late=
timeout -k 5 5 true 2>/dev/null && late="timeout -k 5 $1" && held="$held time"
shift 5
echo "held:$held" >&2
exec $late $alone env -i PATH="$PATH" HOME="$HOME" LANG=C.UTF-8 "$@"
