# Prints the temperature and clock frequency of the processors as NAME=VALUE lines; omits what is unknown.
LC_ALL=C
export LC_ALL
say() { [ -z "$2" ] || printf '%s=%s\n' "$1" "$2"; }
first() {
    line=
    [ -r "$1" ] && IFS= read -r line 2>/dev/null <"$1"
    printf %s "$line"
}
has() { command -v "$1" >/dev/null 2>&1; }

for zone in /sys/class/thermal/thermal_zone*; do
    [ -r "$zone/temp" ] && say temperature "$(first "$zone/type")|$(first "$zone/temp")"
done
for policy in /sys/devices/system/cpu/cpufreq/policy*; do
    [ -d "$policy" ] || continue
    say clock "$(first "$policy/affected_cpus")|$(first "$policy/scaling_governor")|$(
        first "$policy/scaling_cur_freq")|$(first "$policy/cpuinfo_min_freq")|$(
        first "$policy/cpuinfo_max_freq")"
done
for device in /sys/class/thermal/cooling_device*; do
    [ -r "$device/cur_state" ] && say cooling "$(first "$device/type")|$(first "$device/cur_state")"
done
has vcgencmd && say vcgencmd "$(vcgencmd get_throttled 2>/dev/null | sed -n 's/^throttled=//p')"
