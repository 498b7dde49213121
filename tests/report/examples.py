"""A class of made-up reports, one of each kind that a renderer has to show.

The numbers hang together (a score follows from its MFLOPs and accuracy by the lab's formula), so
that a page of them can be read as a real one.
"""

import hashlib
from dataclasses import replace
from pathlib import Path

from grader.lab import load_lab
from grader.types import (
    Grade,
    GradeItem,
    HandedInFile,
    Measurement,
    Provenance,
    Report,
    Role,
    Status,
    Submission,
    Term,
)
from tests.report.measured import (
    ANOTHER_PROGRAM,
    HOSTILE_PICKLE,
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

LAB = load_lab()


def handed_in(student: str, layout: str | None = "revised") -> Submission:
    """A hand-in of two files."""

    def file(role: Role, name: str, size: int) -> HandedInFile:
        sha256 = hashlib.sha256(f"{student}/{name}".encode()).hexdigest()
        return HandedInFile(role=role, name=name, path=Path(name), size=size, sha256=sha256)

    return Submission(
        id=student,
        source=Path("submissions") / f"{student}.zip",
        sha256=hashlib.sha256(student.encode()).hexdigest(),
        layout=layout,
        files=(
            file(Role.CHECKPOINT, "model/mobilenet.pth", 1_934_482),
            file(Role.NOTEBOOK, f"{student}.ipynb", 412_077),
        ),
    )


def formula(mflops: float, accuracy: float) -> GradeItem:
    """The points of the lab's formula, worked."""
    score, most = LAB.score, LAB.score.points
    ceiling, span = f"{score.mflops_ceiling:g}", score.mflops_ceiling - score.mflops_goal
    term = (score.mflops_ceiling - mflops) / span
    factor, short = f"{score.accuracy_factor:g}", f"{score.accuracy_goal:g} - {accuracy}, 0, 1"
    penalty = score.accuracy_factor * min(1.0, max(0.0, score.accuracy_goal - accuracy))
    earned = max(0.0, (term - penalty) * most)
    return GradeItem(
        id="part2.formula",
        title="Part 2: MFLOPs and accuracy",
        earned=earned,
        possible=most,
        status=Status.PASSED,
        terms=(
            Term(name="MFLOPs term", text=f"({ceiling} - {mflops})/{span:g}", value=term),
            Term(name="Accuracy penalty", text=f"{factor} * clamp({short})", value=penalty),
            Term(name="Score", text=f"({term:.6f} - {penalty:.6f}) * {most:g}", value=earned),
        ),
    )


def no_points(status: Status, reason: str) -> GradeItem:
    """The formula's item where there is nothing to put in: nothing for a fault, unknown else."""
    earned = 0.0 if status is Status.FAILED else None
    return GradeItem(
        id="part2.formula",
        title="Part 2: MFLOPs and accuracy",
        earned=earned,
        possible=45.0,
        status=status,
        reason=reason,
    )


def grade(item: GradeItem, *, review: tuple[str, ...] = (), estimate: bool = False) -> Grade:
    """The formula's points beside the two parts that a person marks."""

    def manual(id: str, title: str, points: float) -> GradeItem:
        return GradeItem(
            id=id,
            title=title,
            earned=None,
            possible=points,
            status=Status.SKIPPED,
            reason="Marked by a person.",
        )

    return Grade(
        items=(
            manual("part1", "Part 1: Fine-grained pruning", 50.0),
            item,
            manual("part2.approach", "Part 2: Describe your approach", 5.0),
        ),
        total=item.earned,
        pending=55.0,
        needs_review=bool(review) or item.status is Status.ERROR,
        review=review,
        estimate=estimate,
    )


PROVENANCE = Provenance(
    grader="0.1.0",
    lab=LAB.name,
    lab_sha256=LAB.sha256,
    data_sha256="8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
    data_images=10_000,
    isolation="bubblewrap",
    machine="Linux 6.8, x86-64, 2 cores",
    packages={"torch": "2.13.0", "torch-pruning": "1.6.1", "executorch": "1.4.1"},
    graded_at="2024-04-05T09:12:44+08:00",
)


def report(student: str, measurements: tuple[Measurement, ...], grade: Grade) -> Report:
    """A report on the hand-in of `student`."""
    return Report(
        submission=handed_in(student),
        measurements=measurements,
        grade=grade,
        provenance=PROVENANCE,
    )


def passed(student: str, mflops: float, correct: int, keep: float, total: int = 10_000) -> Report:
    """A hand-in that everything could be measured of."""
    p50 = 0.9 + mflops * 0.062
    return report(
        student,
        (
            archive(),
            layout(),
            lineage(keep),
            operations(mflops),
            accuracy("accuracy.pytorch", correct, total),
            accuracy("accuracy.executorch", correct - 1, total),
            NO_PROGRAM,
            latency(p50, (0.9 + 318.969098 * 0.062) / p50),
        ),
        grade(formula(mflops, correct / total), estimate=total < 10_000),
    )


def but(base: Report, *measured: Measurement) -> Report:
    """The same hand-in with other measurements in the place of those of the same id."""
    others = {each.id: each for each in measured}
    return replace(base, measurements=tuple(others.get(m.id, m) for m in base.measurements))


def failed(student: str, fault: Measurement) -> Report:
    """A hand-in whose check `fault` did not pass; what passed before it stays."""
    order = ("intake.archive", "intake.layout", "structure.lineage", "mflops", "accuracy.pytorch")
    at = order.index(fault.id)
    assert fault.reason is not None
    item = no_points(fault.status, fault.reason)
    review = (f"{fault.id}: {fault.reason}",) if fault.status is Status.ERROR else ()
    rest = skipped(*order[at + 1 :], "accuracy.executorch", "latency.executorch", because=fault.id)
    before = (archive(), layout(), lineage(0.4), operations(44.1))[:at]
    return report(student, (*before, fault, *rest), grade(item, review=review))


def reviewed(base: Report, why: str) -> Report:
    """The same hand-in, whose network answers differently from its rebuild."""
    grade = replace(base.grade, needs_review=True, review=(why,))
    return replace(but(base, lineage(0.37, review=why)), grade=grade)


def without_isolation(student: str) -> Report:
    """A hand-in judged by its own program, on a machine that must not run it."""
    base = passed(student, 61.204410, 9254, 0.47)
    why = "A submitted program needs isolation, and bubblewrap is not installed."
    return replace(base, grade=grade(no_points(Status.SKIPPED, why)))


def example_class() -> tuple[Report, ...]:
    """A dozen hand-ins, out of order."""
    return (
        passed("109550017", 43.396277, 9311, 0.38),
        passed("0856123", 26.304118, 9231, 0.27),
        passed("109550102", 37.998450, 8003, 0.35),
        but(passed("311551044", 88.120776, 9388, 0.56), OLD_PROGRAM),
        passed("109550163", 318.969098, 9630, 1.0),
        but(passed("110550088", 52.770300, 9187, 0.43), lineage(0.43, removed=("features.5",))),
        but(passed("110550090", 71.006130, 9240, 0.5), ANOTHER_PROGRAM),
        reviewed(
            passed("110550091", 41.006612, 9240, 0.37),
            "The network answers differently from its rebuild, by up to 0.31 in a logit.",
        ),
        passed("312551009", 47.219544, 928, 0.4, total=1_000),
        without_isolation("312551120"),
        failed("109550044", NOT_MOBILENET),
        failed("110550132", NO_MODEL),
        failed("A123456", HOSTILE_PICKLE),
        failed("311551077", OUR_ERROR),
    )


HOSTILE_ID = "=cmd()[red]<b onload=alert(1)>\x1b[2J\u202e'\"</script>"
HOSTILE_REASON = "@SUM(1)[/bold]<img src=x onerror=alert(2)>\x1b]0;owned\x07{{ 7*7 }}\ud800"


def hostile() -> Report:
    """A hand-in whose every text tries to get out of where it is shown."""
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
