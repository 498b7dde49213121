"""Takes one student out of a class; a copy is kept."""

from datetime import UTC, datetime
from pathlib import Path

from grader.batch.store import Store
from grader.errors import GraderError
from grader.intake.names import same_on_some_system
from grader.intake.person import person_of
from grader.labs.spec import LabSpec
from grader.marks.decisions import Given
from grader.marks.rules import scoring
from grader.results.attendance import kept_excused, kept_roster, write_attendance
from grader.results.choice import counted, keep_several
from grader.results.earlier import keep_copy, remove_others
from grader.results.folder import DATABASE, SIMILAR
from grader.results.graded_class import graded_class
from grader.results.read import folders_of, lab_of, read_results
from grader.results.rescored import rescored
from grader.results.write import Place, Written, write_class
from grader.text import shown
from grader.types import Report


def remove_student(id: str, out: Path, db: str | None) -> tuple[Path, Written]:
    """Write the class in `out` without the student `id`; return the copy's path and the class.

    The measurements and marks of the student stay in their databases. Raises `GraderError` if the
    class has no such student, or a file cannot be written.
    """
    rows = read_results(out)
    spec = lab_of(rows, out)
    with Store.open(out / DATABASE):  # its lock allows only one writer of the files
        person = _person(id, read_results(out))
        class_ = graded_class(out).hand_ins
        rest = [each for each in class_ if person_of(each.submission) != person]
        copy = keep_copy(out, [folders_of(out)[person].name])
        hand_ins = [each.submission for each in rest]
        write_attendance(hand_ins, kept_roster(out), out, kept_excused(out))
        written = write_reports(rest, spec, out, db)
        remove_others(out, written.reports)
        (out / SIMILAR).unlink(missing_ok=True)  # it names the student
    return copy, written


def write_reports(class_: list[Report], spec: LabSpec, out: Path, db: str | None) -> Written:
    """Write the class of these hand-ins, scored again with everything that people gave."""

    def scored(given: Given) -> tuple[Report, ...]:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        reports = rescored(class_, spec, given, now)
        keep_several(reports, out)
        return counted(reports, scoring(spec, now), given)

    place = Place(out=out, db=db, class_=[each.submission for each in class_])
    return write_class(scored, spec, place)


def _person(id: str, rows: tuple[Report, ...]) -> str:
    """Return the person of the student `id`. Raises `GraderError` if there is none."""
    exact = [each for each in rows if each.submission.id == id]
    alike = [
        each for each in rows if same_on_some_system(each.submission.id) == same_on_some_system(id)
    ]
    found = exact or alike
    if len(found) != 1:
        raise GraderError(
            f"The class has no student {shown(id)}.",
            help="Give the id as in grades.csv; nothing was removed.",
        )
    return person_of(found[0].submission)
