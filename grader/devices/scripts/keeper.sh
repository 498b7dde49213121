# Creates a folder for the hand-in "$1" and prints its path. When stdin (the connection) closes, or
# after "$2" seconds, kills the processes of the hand-in and removes the folder. Before that, removes
# folders whose keeper is gone, and those of the same grader "$3", whose connection may have stalled.
exec 2>&1
umask 077
cache=$HOME/.cache/edge-lab-grader
hand_ins=$cache/hand-ins

# Processes with the mark of the hand-in in their environment, or with its folder as working directory.
processes_of() {
    grep -lsF "EDGE_LAB_HAND_IN=$1" /proc/[0-9]*/environ | cut -d/ -f3
    ls -ld /proc/[0-9]*/cwd 2>/dev/null | grep -F " -> $hand_ins/$1" |
        sed 's|.*/proc/\([0-9]*\)/cwd -> .*|\1|'
}

remove() {
    rounds=0
    while [ $rounds -lt 100 ]; do
        found=$(processes_of "$1")
        [ -n "$found" ] || break
        kill -KILL $found
        rounds=$((rounds + 1))
    done
    chmod -R u+rwx "$hand_ins/$1"
    rm -rf -- "$hand_ins/$1"
    rm -f -- "$hand_ins/$1.keeper"
}

mkdir -p "$cache/data" "$hand_ins" || exit 1
for left in "$hand_ins"/*; do
    [ -e "$left" ] || continue
    id=${left##*/}
    id=${id%.keeper}
    keeper='' grader=''
    read -r keeper grader <"$hand_ins/$id.keeper"
    if tr '\0' '\n' <"/proc/$keeper/cmdline" | grep -qxF "$id"; then
        [ "$grader" = "$3" ] || continue
        kill -TERM "$keeper"
    fi
    remove "$id"
done >/dev/null 2>&1

# A test set that was not copied for a month is no longer in use.
find "$cache/data" -type f -mtime +30 -exec rm -f {} + >/dev/null 2>&1

# Written atomically: another keeper that reads an empty file would take this one for dead.
echo "$$ $3" >"$hand_ins/.$1" && mv "$hand_ins/.$1" "$hand_ins/$1.keeper" &&
    mkdir "$hand_ins/$1" || exit 1
echo "$hand_ins/$1"
exec 3<&0 </dev/null >/dev/null 2>&1
trap '' HUP PIPE
sleep "$2" 3<&- &
timer=$!
trap 'kill $timer' TERM
(cat <&3; kill $timer) &
watcher=$!
wait $timer
kill $watcher
remove "$1"
