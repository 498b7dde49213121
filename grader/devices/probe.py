"""What a board is: what the lab asks students to report of the one they measured on."""

from dataclasses import dataclass

from grader.devices.connection import Command, Connection
from grader.devices.health import SECONDS, Health, Said, read_health, said
from grader.devices.pool import DeviceSpec
from grader.devices.profiles import Profile, advice, profile_of
from grader.devices.scripts import script


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One board as it described itself; what it does not tell is None or empty.

    `bits` is the width of its programs, which may be half its kernel's. Memory, and what is free of
    the home folder's disk, are in bytes. `load` is how many processes wanted to run in the last
    minute. `extras` are lines that only its kind of board has. `taken_at` is the board's own clock,
    ISO 8601 in UTC. `advice` says what to change for steady timings.
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
    runner: str | None
    extras: tuple[tuple[str, str], ...]
    taken_at: str | None
    advice: tuple[str, ...]


def probe(connection: Connection) -> Probe:
    """Ask a board for everything. Raises `Lost` and `HarnessError`."""
    spec = connection.spec
    text = script("health") + script("probe")
    command = Command(
        arguments=("sh", "-c", text, "probe", spec.python, spec.runner or ""), seconds=SECONDS
    )
    return read_probe(spec, said(connection, command))


def read_probe(spec: DeviceSpec, lines: Said) -> Probe:
    """What health.sh and probe.sh said of a device."""
    told: dict[str, str] = {}
    for name, value in lines:
        told.setdefault(name, value)  # the first, where there is a better and a worse source
    profile: Profile = profile_of(spec.profile, told.get("model"))
    health = read_health(lines)
    return Probe(
        device=spec.name,
        profile=profile.name,
        model=told.get("model") or None,
        os=told.get("os"),
        kernel=told.get("kernel"),
        architecture=told.get("architecture"),
        bits=_whole(told.get("bits")),
        cpu=told.get("cpu"),
        features=tuple(told.get("features", "").split()),
        cores=_whole(told.get("cores")),
        memory_bytes=_kibibytes(told.get("memory_kib")),
        disk_free_bytes=_kibibytes(told.get("disk_kib")),
        load=_number(told.get("load")),
        health=health,
        python=told.get("python"),
        executorch=told.get("executorch"),
        runner=told.get("runner"),
        extras=tuple((title, told[name]) for name, title in profile.extras if name in told),
        taken_at=told.get("time"),
        advice=advice(profile, health, told),
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
