"""A class of invented hand-ins, one for each case of a report format, scored by the lab."""

import hashlib
from dataclasses import replace
from pathlib import Path

from grader.labs.kinds import network_lab
from grader.labs.network_lab import NetworkLab
from grader.scoring.grade import grade
from grader.types import Measurement, Provenance, Report, Role, Submission, SubmittedFile
from tests.report.measured import (
    ANOTHER_PROGRAM,
    HOSTILE_PICKLE,
    NO_ISOLATION,
    NO_MODEL,
    NO_PROGRAM,
    NOT_MOBILENET,
    OLD_PROGRAM,
    OUR_ERROR,
    accuracy,
    archive,
    latency,
    layout,
    lineage,
    operations,
    skipped,
)

LAB = network_lab()
ORIGINAL_LAB = network_lab("prune-mobilenet-2024-original")
PROVENANCE = Provenance(
    grader="0.1.0",
    lab=LAB.name,
    lab_sha256=LAB.sha256,
    data_sha256="8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
    data_images=10_000,
    isolation="bubblewrap",
    machine="Linux 6.8, x86-64, 2 cores",
    packages={"torch": "2.13.0", "torch-pruning": "1.6.1", "executorch": "1.4.1"},
    measured_at="2024-04-05T09:02:10+08:00",
    graded_at="2024-04-05T09:12:44+08:00",
)


def report(student: str, *measurements: Measurement, lab: NetworkLab = LAB) -> Report:
    """The report of a hand-in with these measurements."""
    earned = grade(lab, measurements)
    images = 1_000 if earned.estimate else 10_000
    return Report(
        submission=_submission(student),
        measurements=measurements,
        grade=earned,
        provenance=replace(PROVENANCE, data_images=images),
    )


def _submission(student: str) -> Submission:
    def file(role: Role, name: str, size: int) -> SubmittedFile:
        sha256 = _sha256(f"{student}/{name}")
        return SubmittedFile(role=role, name=name, path=Path(name), size=size, sha256=sha256)

    return Submission(
        id=student,
        source=Path("submissions") / f"{student}.zip",
        sha256=_sha256(student),
        layout="revised",
        files=(
            file(Role.CHECKPOINT, "model/mobilenet.pth", 1_934_482),
            file(Role.NOTEBOOK, f"{student}.ipynb", 412_077),
        ),
    )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()


def passed(student: str, mflops: float, correct: int, keep: float, total: int = 10_000) -> Report:
    """A hand-in with all measurements except that of a program, which it does not have."""
    p50 = 0.9 + mflops * 0.062
    return report(
        student,
        archive(),
        layout(),
        lineage(keep),
        operations(mflops),
        accuracy("accuracy.pytorch", correct, total),
        accuracy("accuracy.executorch", correct - 1, total),
        NO_PROGRAM,
        latency(p50, (0.9 + 318.969098 * 0.062) / p50),
    )


BUSY_MS = 77.77
BUSY_SPEEDUP = 33.33


def busy(student: str, mflops: float = 50.0) -> Report:
    """A hand-in whose latency was measured while the machine had other work."""
    return but(passed(student, mflops, 9_300, 0.4), latency(BUSY_MS, BUSY_SPEEDUP, busy=True))


def failed(student: str, fault: Measurement) -> Report:
    """A hand-in whose check `fault` did not pass; the checks before it passed."""
    order = ("intake.archive", "intake.layout", "structure.lineage", "mflops", "accuracy.pytorch")
    at = order.index(fault.id)
    before = (archive(), layout(), lineage(0.4), operations(44.1))[:at]
    rest = skipped(*order[at + 1 :], "accuracy.executorch", "latency.executorch", needed=fault.id)
    return report(student, *before, fault, *rest)


def but(base: Report, *measured: Measurement, lab: NetworkLab = LAB) -> Report:
    """The same hand-in with its measurements of the same ids replaced by `measured`."""
    others = {each.id: each for each in measured}
    changed = (others.get(each.id, each) for each in base.measurements)
    return report(base.submission.id, *changed, lab=lab)


def example_class() -> tuple[Report, ...]:
    """An unsorted class; one hand-in is scored by its own program, which cannot be run."""
    answers_differ = lineage(0.37, review="the model's own answers differ from those of its layers")
    return (
        passed("109550017", 43.396277, 9311, 0.38),
        passed("0856123", 26.304118, 9231, 0.27),
        passed("109550102", 37.998450, 8003, 0.35),
        but(passed("311551044", 88.120776, 9388, 0.56), OLD_PROGRAM),
        passed("109550163", 318.969098, 9630, 1.0),
        but(passed("110550088", 52.770300, 9187, 0.43), lineage(0.43, removed=("features.5",))),
        but(passed("110550090", 71.006130, 9240, 0.5), ANOTHER_PROGRAM),
        but(passed("110550091", 41.006612, 9240, 0.37), answers_differ),
        passed("312551009", 47.219544, 928, 0.4, total=1_000),
        but(passed("312551120", 61.204410, 9254, 0.47), NO_ISOLATION, lab=ORIGINAL_LAB),
        failed("109550044", NOT_MOBILENET),
        failed("110550132", NO_MODEL),
        failed("A123456", HOSTILE_PICKLE),
        failed("311551077", OUR_ERROR),
    )


HOSTILE_ID = "=cmd()[red]<b onload=alert(1)>\x1b[2J\u202e'\"</script>"
HOSTILE_REASON = "@SUM(1)[/bold]<img src=x onerror=alert(2)>\x1b]0;owned\x07{{ 7*7 }}\ud800"


def hostile() -> Report:
    """A hand-in with an injection attempt in every text."""
    fault = replace(
        NOT_MOBILENET,
        reason=HOSTILE_REASON,
        help=HOSTILE_REASON,
        expected=HOSTILE_REASON,
        actual=HOSTILE_REASON,
        review=HOSTILE_REASON,
        evidence={"widths": [{"layer": HOSTILE_ID, "original": 32, "kept": 10}]},
    )
    return failed(HOSTILE_ID, fault)


def unmarked(base: Report, pending: float) -> Report:
    """The same hand-in with `pending` points for a person to mark."""
    return replace(base, grade=replace(base.grade, pending=pending))
