"""Evidence of a measurement on a device."""

from dataclasses import dataclass

from grader.evidence.record import Record
from grader.types import Measurement


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceEvidence(Record):
    """The device of the measurement; a run on the grading machine has no such key."""

    device: str | None
    """the device's name in `devices.toml`; `null` if no device could be reached"""

    @classmethod
    def is_in(cls, measurement: Measurement) -> bool:
        """True if the measurement was meant for a device, also if no device could be reached."""
        return all(key in measurement.evidence for key in cls.key_names())


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceTimingEvidence(Record):
    """How the latency was measured on the device."""

    measured_by: str | None
    """`runner` (the device's own runner) or `executorch` (the Python package)"""
    attempts: int | None
    """runs of the measurement: 2 if the device was throttled or busy in the first"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceHealth(Record):
    """One reading of a device's sensors; `null` for what the device does not report."""

    temperature_c: float | None
    """temperature of the warmest processor sensor in degrees Celsius"""
    throttled: bool | None
    """true if the processors were throttled at that moment"""
    governor: str | None
    """the frequency governor of the fastest processor"""
    clock_mhz: float | None
    """the clock frequency of the fastest processor in MHz"""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthEvidence(Record):
    """The state of the device before and after the measurement."""

    health: tuple[DeviceHealth, ...]
    """one reading before and one after"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRunEvidence(Record):
    """Only of a student's runner on a device."""

    isolation: str | None = None
    """the isolation that was in force on the device"""
    changed: tuple[str, ...] | None = None
    """paths in the device's home folder that changed during the run"""
    overdue: int | None = None
    """how many runs on devices were stopped at the time limit"""
    on_a_device: str | None = None
    """the result on the device, if the status is that of the grading machine"""
