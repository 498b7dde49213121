"""The devices that a class is measured on, from the options of `grader grade`."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.commands.console import problems, tell
from grader.devices.pool import load_pool
from grader.devices.probe import probe
from grader.devices.reach import connect
from grader.errors import GraderError, HarnessError
from grader.fleet.availability import check_availability
from grader.fleet.measure import ClassDevices
from grader.results.boards import Board, board_of


def class_devices_of(wanted: Sequence[str], pool: Path | None) -> ClassDevices:
    """Return the requested devices, without those that refuse the connection.

    Raises `GraderError` if all refuse. A device that is away is tried again later.
    """
    found = check_availability(load_pool(pool).chosen(wanted) if wanted else ())
    usable = (*found.ready, *(device for device, _ in found.away))
    if found.refused and not usable:
        raise found.refused[0]
    class_devices = ClassDevices(devices=usable)
    for error in found.refused:
        problems.print(f"One device is not used: {error}", markup=False)
    for _, why in found.away:
        problems.print(
            f"{why.rstrip('.')}. It is tried again when everything else has been measured, for "
            f"{class_devices.reconnect.give_up_seconds / 60:.0f} minutes.",
            markup=False,
        )
    return class_devices


def boards_of(devices: ClassDevices) -> Iterator[Board]:
    """Yield what the devices say of themselves; one that does not answer is said and left out."""
    for spec in devices.devices:
        try:
            with connect(spec) as connection:
                yield board_of(probe(connection))
        except (GraderError, HarnessError) as error:
            tell(error)
