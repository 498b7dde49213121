"""Temperature, clock frequency and throttling of a device, read before and after each timing."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from grader.devices.connection import Command, Connection, Ended
from grader.devices.scripts import script
from grader.errors import HarnessError
from grader.text import masked

SECONDS = 30.0
PROCESSOR_SENSORS = (
    "cpu",
    "soc",
    "pkg",
    "core",
)  # parts of the names of processor temperature sensors
# Cooling devices that slow down processors, by parts of their names in Linux.
COOLING_DEVICES = ("cpufreq", "processor", "cpu-")

# Bits of `vcgencmd get_throttled`, now; sixteen higher, since boot. From Raspberry Pi's
# documentation, "vcgencmd".
PI_BITS = {
    0: "under-voltage",
    1: "frequency capped",
    2: "throttled",
    3: "soft temperature limit",
}
SINCE_BOOT = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The processors that share a clock, as Linux lists them, and their frequencies in MHz."""

    processors: str
    governor: str | None
    now_mhz: float | None
    least_mhz: float | None
    most_mhz: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttling:
    """Causes of throttling, as the device names them; only a Pi reports `since_boot`."""

    now: tuple[str, ...]
    since_boot: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The state of a device at one moment; None for values that the device does not report.

    `temperature_c` is the warmest processor sensor. `throttled` is True if the processors were
    throttled at that moment; `throttling` gives the causes. `governor` and `clock_mhz` belong to
    the fastest clock.
    """

    temperature_c: float | None
    throttled: bool | None
    throttling: Throttling | None
    governor: str | None
    clock_mhz: float | None
    clocks: tuple[Clock, ...]


Pairs = tuple[tuple[str, str], ...]


def health(connection: Connection) -> Health:
    """Return the current state of a device. Raises `ConnectionLost` and `HarnessError`."""
    return read_health(read_pairs(connection, script("health")))


def throttled_between(before: Health, after: Health) -> bool | None:
    """True if the device was throttled at or between the two readings; None if unknown."""
    if before.throttling is None or after.throttling is None:
        return None
    new = set(after.throttling.since_boot) - set(before.throttling.since_boot)
    return bool(before.throttling.now or after.throttling.now or new)


def read_pairs(connection: Connection, text: str, *arguments: str) -> Pairs:
    """Run a shell script, whose text is `text`, and return its NAME=VALUE lines, in order.

    Raises `ConnectionLost` and `HarnessError`, also if the device does not run the script to its
    end: the login shell of its user may be `nologin`, or its key may have a forced command.
    """
    # The device cannot know this line without running the script.
    end = secrets.token_hex(8)
    script_ = f"{text}\nprintf '%s\\n' end={end}\n"
    name = connection.spec.name
    ended = connection.run(
        Command(arguments=("sh", "-c", script_, "sh", *arguments), seconds=SECONDS)
    )
    if ended.stopped:
        raise HarnessError(
            f"The state of {name} could not be read: the {ended.stopped} limit was exceeded"
        )
    lines = ended.output.decode("utf-8", "replace").splitlines()
    if f"end={end}" not in lines:
        raise HarnessError(f"{name} accepts the login but does not run commands: {_said(ended)}")
    return tuple(
        (name, value.strip())
        for name, equals, value in (each.partition("=") for each in lines)
        if equals and value != end
    )


def _said(ended: Ended) -> str:
    """Return the exit code, and the last line that a device printed instead of an answer."""
    printed = (ended.errors + b"\n" + ended.output).decode("utf-8", "replace")
    last = next((each for each in reversed(printed.splitlines()) if each.strip()), "no output")
    return (
        f"exit code {ended.returncode}, {masked(last)[:200].strip()}. "
        "Check the login shell of its user, and a `command=` in authorized_keys."
    )


def read_health(lines: Pairs) -> Health:
    """Return the state that health.sh printed."""
    clocks = tuple(_clocks(lines))
    throttling = _throttling(lines)
    fastest = max(clocks, key=lambda clock: clock.most_mhz or 0, default=None)
    return Health(
        temperature_c=_temperature(lines),
        throttled=None if throttling is None else bool(throttling.now),
        throttling=throttling,
        governor=fastest.governor if fastest else None,
        clock_mhz=fastest.now_mhz if fastest else None,
        clocks=clocks,
    )


def _clocks(lines: Pairs) -> Iterator[Clock]:
    for parts in _all(lines, "clock", 5):
        processors, governor, *frequencies = parts
        now, least, most = (_thousandth(each) for each in frequencies)
        yield Clock(
            processors=processors,
            governor=governor or None,
            now_mhz=now,
            least_mhz=least,
            most_mhz=most,
        )


def _temperature(lines: Pairs) -> float | None:
    found = [(name.lower(), _thousandth(value)) for name, value in _all(lines, "temperature", 2)]
    known = [(name, value) for name, value in found if value is not None and 0 < value < 150]
    processors = [value for name, value in known if any(each in name for each in PROCESSOR_SENSORS)]
    return max(processors or [value for _, value in known], default=None)


def _throttling(lines: Pairs) -> Throttling | None:
    values = [value for name, value in lines if name == "vcgencmd"]
    cooling = [
        (name, state)
        for name, state in _all(lines, "cooling", 2)
        if any(each in name.lower() for each in COOLING_DEVICES)
    ]
    bits = _bits(values[0]) if values else None
    if bits is None and not cooling:
        return None
    now = [what for bit, what in PI_BITS.items() if (bits or 0) >> bit & 1]
    now += [name for name, state in cooling if state not in {"", "0"}]
    before = [what for bit, what in PI_BITS.items() if (bits or 0) >> (bit + SINCE_BOOT) & 1]
    return Throttling(now=tuple(now), since_boot=tuple(before))


def _bits(text: str) -> int | None:
    try:
        return int(text, 16)
    except ValueError:
        return None


def _all(lines: Pairs, wanted: str, parts: int) -> Iterator[list[str]]:
    for name, value in lines:
        found = value.split("|")
        if name == wanted and len(found) == parts:
            yield found


def _thousandth(text: str) -> float | None:
    try:
        return int(text) / 1000
    except ValueError:
        return None
