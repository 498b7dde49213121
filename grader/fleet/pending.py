"""What boards still owe a hand-in, and what becomes of what they answer. Pure."""

from dataclasses import dataclass, replace

from grader.devices.limited import BORNE
from grader.evidence.device import DeviceEvidence, DeviceRunEvidence
from grader.evidence.ids import ACCURACY, DEVICE_LATENCY, EXECUTORCH, RUNNER
from grader.labs.spec import LabSpec
from grader.types import Measured, Measurement, Role, Status

NEEDED = EXECUTORCH  # with it there is a program of ours to be timed


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What one board is to measure of a hand-in, `latency.device` or `accuracy.runner`."""

    measured: Measured
    id: str


def owed(measured: Measured, lab: LabSpec) -> tuple[str, ...]:
    """The measurements that a board is to make, in that order."""
    known = {each.id: each for each in measured.measurements}
    latency = known.get(DEVICE_LATENCY)
    if not measured.passed(NEEDED):
        return (DEVICE_LATENCY,) if latency is None and NEEDED in known else ()
    wanted = {
        DEVICE_LATENCY: latency is None or not is_settled(latency),
        RUNNER: runner_is_owed(measured, lab),
    }
    return tuple(id for id, is_wanted in wanted.items() if is_wanted)


def runner_is_owed(measured: Measured, lab: LabSpec) -> bool:
    """Whether there is a runner that no board has settled yet."""
    roles = {file.role for file in measured.submission.files}
    if lab.runner is None or not {Role.RUNNER, Role.PROGRAM} <= roles:
        return False
    if not measured.passed(ACCURACY):  # with nothing beside it, its number says nothing
        return False
    return not any(each.id == RUNNER and is_settled(each) for each in measured.measurements)


def is_settled(measurement: Measurement) -> bool:
    """Whether a board gave this verdict: one that is not to be asked for again."""
    if times_overdue(measurement) >= BORNE:
        return True
    return from_a_device(measurement) and measurement.status in {Status.PASSED, Status.FAILED}


def from_a_device(measurement: Measurement) -> bool:
    """Whether a board had its hand in this."""
    return measurement.id == DEVICE_LATENCY or DeviceEvidence.is_in(measurement)


def times_overdue(measurement: Measurement | None) -> int:
    """How often boards had to stop this runner, which went on and on."""
    return DeviceRunEvidence.read(measurement).overdue or 0


def answered(measured: Measured, found: Measurement) -> Measured:
    """What is known of a hand-in once a board has said `found`, or failed to.

    An ERROR takes no verdict's place, nor does a board's FAILED that of a runner that passed here:
    a board may lack what the runner needs. What was said is then noted for a person.
    """
    known = {each.id: each for each in measured.measurements}
    before = known.get(found.id)
    known[found.id] = found if before is None else _beside(before, found)
    return replace(measured, measurements=tuple(known.values()))


def _beside(before: Measurement, found: Measurement) -> Measurement:
    stands = {Status.ERROR: {Status.PASSED, Status.FAILED}, Status.FAILED: {Status.PASSED}}
    overdue = max(times_overdue(before), times_overdue(found))
    counted = DeviceRunEvidence(overdue=overdue or None).json()
    if found.passed:
        return found
    if before.status not in stands.get(found.status, set()):
        return replace(found, evidence={**found.evidence, **counted})
    where = DeviceEvidence.read(found).device or "a board"
    failed = found.status is Status.FAILED
    said = f"it ran here and not on {where}" if failed else "no board could say anything of it"
    noted = f"{said}: {found.reason}"
    return replace(
        before,
        evidence={**before.evidence, **DeviceRunEvidence(on_a_device=noted).json(), **counted},
        review=_review(before, noted),
    )


def _review(before: Measurement, noted: str) -> str | None:
    """What a person is to look at, with `noted` in the place of what was noted last."""
    if not before.passed:
        return before.review
    last = DeviceRunEvidence.read(before).on_a_device or ""
    own = (before.review or "").removesuffix(last).removesuffix("; ")
    return "; ".join(filter(None, (own, noted)))
