"""Checks which devices answer, before anything is measured."""

from collections.abc import Sequence
from dataclasses import dataclass

from grader.devices.connection import Unreachable
from grader.devices.pool import DeviceSpec
from grader.devices.reach import connect
from grader.errors import GraderError, HarnessError


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """Devices that are ready, those that are away and why, and the errors of the refused ones."""

    ready: tuple[DeviceSpec, ...] = ()
    away: tuple[tuple[DeviceSpec, str], ...] = ()
    refused: tuple[GraderError, ...] = ()


def check_availability(devices: Sequence[DeviceSpec]) -> Availability:
    """Connect to each of the devices once, and return the result."""
    ready: list[DeviceSpec] = []
    away: list[tuple[DeviceSpec, str]] = []
    refused: list[GraderError] = []
    for device in devices:
        try:
            connect(device).close()
        except (Unreachable, HarnessError) as error:
            away.append((device, str(error)))
        except GraderError as error:
            refused.append(error)
        else:
            ready.append(device)
    return Availability(ready=tuple(ready), away=tuple(away), refused=tuple(refused))
