# Links the test set whose SHA-256 is "$1" to "$2"; exit code 3 if the device does not have it. With
# "$3", stores the file at "$2" for later hand-ins.
kept=$HOME/.cache/edge-lab-grader/data/$1
is() { [ -f "$1" ] && [ "$(sha256sum <"$1" | cut -d' ' -f1)" = "$2" ]; }
if [ -n "$3" ]; then
    is "$2" "$1" || exit 4
    chmod 400 "$2" && ln -f "$2" "$kept" 2>/dev/null || cp "$2" "$kept"
else
    is "$kept" "$1" || exit 3
    chmod 400 "$kept"
    ln "$kept" "$2" 2>/dev/null || cp "$kept" "$2"
fi
