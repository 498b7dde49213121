"""Which boards answer, before anything is measured."""

from collections.abc import Sequence
from dataclasses import dataclass

from grader.devices.connection import Unreachable
from grader.devices.pool import DeviceSpec
from grader.devices.reach import connect
from grader.errors import GraderError, HarnessError


@dataclass(frozen=True, slots=True, kw_only=True)
class RollCall:
    """Who answers now, who may later, and why; and why the others cannot be used."""

    there: tuple[DeviceSpec, ...] = ()
    away: tuple[tuple[DeviceSpec, str], ...] = ()
    refused: tuple[GraderError, ...] = ()


def roll_call(devices: Sequence[DeviceSpec]) -> RollCall:
    """Reach each of the devices once."""
    there: list[DeviceSpec] = []
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
            there.append(device)
    return RollCall(there=tuple(there), away=tuple(away), refused=tuple(refused))
