"""The measurements that devices still have to make, and the merge of their results. Pure."""

from dataclasses import dataclass, replace

from grader.devices.limited import MAX_TIMEOUTS
from grader.evidence.device import DeviceEvidence, DeviceRunEvidence
from grader.evidence.ids import ACCURACY, DEVICE_LATENCY, EXECUTORCH, RUNNER
from grader.labs.network_lab import NetworkLab
from grader.types import Measured, Measurement, Role, Status

REQUIRED = EXECUTORCH  # if it passed, there is an exported program whose latency can be measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One measurement for a device: `id` is `latency.device` or `accuracy.runner`."""

    measured: Measured
    id: str


def pending_measurements(measured: Measured, lab: NetworkLab) -> tuple[str, ...]:
    """Return the ids of the measurements that a device must make, in order."""
    known = {each.id: each for each in measured.measurements}
    latency = known.get(DEVICE_LATENCY)
    if not measured.passed(REQUIRED):
        return (DEVICE_LATENCY,) if latency is None and REQUIRED in known else ()
    wanted = {
        DEVICE_LATENCY: latency is None or not is_settled(latency),
        RUNNER: runner_is_pending(measured, lab),
    }
    return tuple(id for id, is_wanted in wanted.items() if is_wanted)


def runner_is_pending(measured: Measured, lab: NetworkLab) -> bool:
    """True if there is a runner without a final result from a device."""
    roles = {file.role for file in measured.submission.files}
    if lab.runner is None or not {Role.RUNNER, Role.PROGRAM} <= roles:
        return False
    if not measured.passed(ACCURACY):  # its accuracy can only be compared with this one
        return False
    return not any(each.id == RUNNER and is_settled(each) for each in measured.measurements)


def is_settled(measurement: Measurement) -> bool:
    """True if a device gave a final result: it is not measured again."""
    if timeout_count(measurement) >= MAX_TIMEOUTS:
        return True
    return from_a_device(measurement) and measurement.status in {Status.PASSED, Status.FAILED}


def from_a_device(measurement: Measurement) -> bool:
    """True if a device took part in this measurement."""
    return measurement.id == DEVICE_LATENCY or DeviceEvidence.is_in(measurement)


def timeout_count(measurement: Measurement | None) -> int:
    """Return how often this runner timed out on devices."""
    return DeviceRunEvidence.read(measurement).overdue or 0


def with_result(measured: Measured, found: Measurement) -> Measured:
    """Return the hand-in with the result `found` of a device.

    An ERROR never replaces PASSED or FAILED. FAILED on a device does not replace PASSED on this
    machine, because the device may lack a file that the runner needs. In both cases the earlier
    result stands, with a note for review.
    """
    known = {each.id: each for each in measured.measurements}
    before = known.get(found.id)
    known[found.id] = found if before is None else _merged(before, found)
    return replace(measured, measurements=tuple(known.values()))


def _merged(before: Measurement, found: Measurement) -> Measurement:
    stands = {Status.ERROR: {Status.PASSED, Status.FAILED}, Status.FAILED: {Status.PASSED}}
    overdue = max(timeout_count(before), timeout_count(found))
    counted = DeviceRunEvidence(overdue=overdue or None).json()
    if found.passed:
        return found
    if before.status not in stands.get(found.status, set()):
        return replace(found, evidence={**found.evidence, **counted})
    where = DeviceEvidence.read(found).device or "a device"
    failed = found.status is Status.FAILED
    summary = f"it ran here but failed on {where}" if failed else "no device could measure it"
    noted = f"{summary}: {found.reason}"
    return replace(
        before,
        evidence={**before.evidence, **DeviceRunEvidence(on_a_device=noted).json(), **counted},
        review=_review(before, noted),
    )


def _review(before: Measurement, noted: str) -> str | None:
    """Return the text for review; `noted` replaces the previous note."""
    if not before.passed:
        return before.review
    last = DeviceRunEvidence.read(before).on_a_device or ""
    own = (before.review or "").removesuffix(last).removesuffix("; ")
    return "; ".join(filter(None, (own, noted)))
