"""The description of a device, as the lab asks students to report it."""

from dataclasses import dataclass

from grader.devices.connection import Connection
from grader.devices.health import Health, Pairs, read_health, read_pairs
from grader.devices.pool import DeviceSpec
from grader.devices.profiles import Profile, advice, profile_of
from grader.devices.scripts import script


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """The description of one device; None or empty for values that it does not report.

    `bits` is the word size of its programs, which may be half that of its kernel. Memory, and the
    free space on the disk of the home folder, are in bytes. `load` is the load average of the last
    minute. `extras` are values that only its kind of device has. `taken_at` is the time on the
    device, ISO 8601 in UTC. `advice` says what to change for stable timings.
    """

    device: str
    profile: str
    model: str | None
    os: str | None
    kernel: str | None
    architecture: str | None
    bits: int | None
    cpu: str | None
    features: tuple[str, ...]
    cores: int | None
    memory_bytes: int | None
    disk_free_bytes: int | None
    load: float | None
    health: Health
    python: str | None
    executorch: str | None
    torch: str | None
    runner: str | None
    extras: tuple[tuple[str, str], ...]
    taken_at: str | None
    advice: tuple[str, ...]


def probe(connection: Connection) -> Probe:
    """Return the description of a device. Raises `ConnectionLost` and `HarnessError`."""
    spec = connection.spec
    text = script("health") + script("probe")
    return read_probe(spec, read_pairs(connection, text, spec.python, spec.runner or ""))


def read_probe(spec: DeviceSpec, lines: Pairs) -> Probe:
    """Return the description that health.sh and probe.sh printed."""
    values: dict[str, str] = {}
    for name, value in lines:
        values.setdefault(name, value)  # the first source of a value is the better one
    profile: Profile = profile_of(spec.profile, values.get("model"))
    health = read_health(lines)
    return Probe(
        device=spec.name,
        profile=profile.name,
        model=values.get("model") or None,
        os=values.get("os"),
        kernel=values.get("kernel"),
        architecture=values.get("architecture"),
        bits=_whole(values.get("bits")),
        cpu=values.get("cpu"),
        features=tuple(values.get("features", "").split()),
        cores=_whole(values.get("cores")),
        memory_bytes=_kibibytes(values.get("memory_kib")),
        disk_free_bytes=_kibibytes(values.get("disk_kib")),
        load=_number(values.get("load")),
        health=health,
        python=values.get("python"),
        executorch=values.get("executorch"),
        torch=values.get("torch"),
        runner=values.get("runner"),
        extras=tuple((title, values[name]) for name, title in profile.extras if name in values),
        taken_at=values.get("time"),
        advice=advice(profile, health, values),
    )


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None


def _kibibytes(text: str | None) -> int | None:
    whole = _whole(text)
    return None if whole is None else whole << 10


def _number(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None
