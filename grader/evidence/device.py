"""What was seen of a device while something was measured on it."""

from dataclasses import dataclass

from grader.evidence.record import Record
from grader.types import Measurement


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceEvidence(Record):
    """Where it was measured; a run on this machine has no such key."""

    device: str | None
    """the device's name in `devices.toml`, `null` where none could be reached"""

    @classmethod
    def is_in(cls, measurement: Measurement) -> bool:
        """Whether the measurement was a device's to make, even where none is named."""
        return all(key in measurement.evidence for key in cls.key_names())


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceTimingEvidence(Record):
    """How a latency was measured there."""

    measured_by: str | None
    """`runner`, the device's own, or `executorch`, its wheel"""
    attempts: int | None
    """2 where a throttled run was repeated"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceHealth(Record):
    """One look at a device; `null` is what it does not say."""

    temperature_c: float | None
    """degrees Celsius of the processors' warmest sensor"""
    throttled: bool | None
    """whether something held the processors back at that moment"""
    governor: str | None
    """the governor of the fastest clock"""
    clock_mhz: float | None
    """the frequency of the fastest clock in MHz"""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthEvidence(Record):
    """How the device was around the measurement."""

    health: tuple[DeviceHealth, ...]
    """one look before and one after"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRunEvidence(Record):
    """What is known of a student's runner on a device only."""

    isolation: str | None = None
    """what held there"""
    changed: tuple[str, ...] | None = None
    """what changed in the device's home while it ran, by path"""
    overdue: int | None = None
    """how often devices had to stop it"""
    on_a_device: str | None = None
    """what was said there, where the verdict is this machine's"""
