# Runs "$2" with the following arguments in the folder "$1", if it is not empty; ends with its exit
# code. With 125 the folder cannot be entered; with 126 and 127 the program cannot be started. The
# program gets its own session, which is killed when stdin (the connection) closes.
[ -z "$1" ] || cd -- "$1" || exit 125
shift
exec 3<&0 </dev/null
command -v setsid >/dev/null && session=setsid || session=
$session "$@" 3<&- &
child=$!
(cat <&3; kill -KILL -$child $child) >/dev/null 2>&1 &
watcher=$!
wait $child
code=$?
kill $watcher
kill -KILL -$child 2>/dev/null
exit $code
