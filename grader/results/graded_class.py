"""The class that a results folder holds before a command changes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import GraderError
from grader.labs.spec import LabSpec
from grader.results.choice import kept_several, with_several
from grader.results.folder import SHEET
from grader.results.kept_lab import kept_lab
from grader.results.read import ReportFiles, check_finished
from grader.types import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedClass:
    """All hand-ins of a class, and the names of its students' folders, by person."""

    hand_ins: tuple[Report, ...] = ()
    folders: frozenset[str] = frozenset()


def graded_class(out: Path) -> GradedClass:
    """Return the class in `out`; an empty one if nothing was graded there.

    Raises `GraderError` if a report cannot be read.
    """
    if not (out / SHEET).is_file():
        return GradedClass()
    found = ReportFiles(out).by_path()
    hand_ins = with_several(found.values(), kept_several(out))
    return GradedClass(
        hand_ins=hand_ins,
        folders=frozenset(path.parent.name for path in found),
    )


def check_same_lab(out: Path, lab: LabSpec) -> None:
    """Raise `GraderError` if the class in `out` was graded by another lab than `lab`."""
    if not (out / SHEET).is_file():
        return
    check_finished(out)
    kept = kept_lab(out)
    if kept is not None:
        same, name = kept.sha256 == lab.sha256, kept.name
    else:
        same, name = _same_as_in(ReportFiles(out).read(), lab)
    if same:
        return
    by = f"the lab {name}" if name != lab.name else f"another version of the lab {name}"
    raise GraderError(
        f"{out} has a class that was graded by {by}; nothing was graded.",
        help="Give --lab with that lab, or --out with another folder. If only points, items or the "
        "due date have changed: grader rescore --lab. For any other change: --only, which "
        "measures these hand-ins again; marks stay.",
    )


def _same_as_in(reports: Sequence[Report], lab: LabSpec) -> tuple[bool, str]:
    """Compare with the lab in the reports, because an older grader kept no lab."""
    labs = {(each.provenance.lab, each.provenance.lab_sha256) for each in reports}
    if not labs or labs == {(lab.name, lab.sha256)}:
        return True, lab.name
    return False, sorted(labs)[0][0]
