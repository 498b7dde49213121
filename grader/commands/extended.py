"""The extensions of a class: those of its sheets, else those that an earlier run kept."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import typer

from grader.commands.in_course import course, course_lab, zone_of_sheets
from grader.course.course import Course
from grader.course.grace import outdated, spent_before
from grader.labs.spec import LabSpec
from grader.lms.extension_sheet import Allowance, read_extensions, read_roster_extensions
from grader.lms.extensions import Extensions
from grader.lms.people import Person, people_of
from grader.lms.roster import Roster
from grader.results.kept_extensions import kept_extensions
from grader.text import inert, several
from grader.types import Report, Submission

NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassExtensions:
    """The extensions of a class in one lab with the names `lab`.

    `spent` are the grace days that earlier labs of the course used, by row; `others` are the names
    of its other labs. `notes` are messages about them.
    """

    extensions: Extensions
    lab: tuple[str, ...]
    others: tuple[str, ...] = ()
    spent: Mapping[int, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def extended(self, submission: Submission) -> Submission:
        """Return the hand-in with its student's extension in place of an earlier one."""
        return self.extensions.extended(submission, self.lab, self.spent)

    def extended_reports(self, reports: Iterable[Report]) -> tuple[Report, ...]:
        """Return the reports, not scored again, with the extensions as they are now."""
        return tuple(replace(each, submission=self.extended(each.submission)) for each in reports)

    def excused_without(
        self, hand_ins: Iterable[Submission], roster: Roster | None
    ) -> tuple[Person, ...]:
        """Return the people on the roster who are excused and handed in nothing."""
        listed = roster.people if roster is not None else ()
        return self.extensions.excused_without(listed, hand_ins, self.lab)

    def notes_on(self, class_: Iterable[Submission], roster: Roster | None) -> tuple[str, ...]:
        """Return messages about the sheets, and about those of them who are not in the class."""
        hand_ins = list(class_)
        listed = roster.people if roster is not None else ()
        people = [person for each in hand_ins for person in people_of(each.id, each.handed_in)]
        lines = [*self.extensions.notes((*people, *listed), self.lab, self.others), *self.notes]
        if excused := self.excused_without(hand_ins, roster):
            named = "; ".join(map(str, excused))
            lines.append(inert(f"Excused, without a hand-in ({len(excused)}): {named}."))
        return tuple(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheets:
    """The files that an extension can be in; None if the option is not given.

    Outside a course, the lines of a file that is not given are those `kept` in a results folder.
    """

    roster: Path | None
    extensions: Path | None
    kept: Path | None = None


def class_extensions(ctx: typer.Context, spec: LabSpec, sheets: Sheets) -> ClassExtensions:
    """Return the extensions of the class in the lab `spec`.

    Raises `GraderError` if a sheet cannot be read.
    """
    known, chosen = course(ctx), course_lab(ctx)
    lines = list(_lines(sheets, zone_of_sheets(ctx, spec)))
    if known is None or chosen is None:
        extensions = Extensions.of((*lines, *_kept(sheets)))
        return ClassExtensions(extensions=extensions, lab=(spec.name,))
    extensions = Extensions.of(lines)
    spent = spent_before(known, chosen, extensions)
    has_grace = any(each.grace for each in lines)
    return ClassExtensions(
        extensions=extensions,
        lab=chosen.names,
        others=tuple(name for each in known.labs if each != chosen for name in each.names),
        spent=spent.by_row,
        notes=tuple(
            f"{each.id} is due earlier and not graded yet: the grace days that it uses are not "
            f"counted. When it is graded, run `grader rescore {chosen.id}`."
            for each in spent.ungraded
            if has_grace
        ),
    )


def course_extensions(known: Course) -> Extensions:
    """Return the extensions in the files of a course. Raises `GraderError` as the sheets do."""
    sheets = Sheets(roster=known.roster, extensions=known.extensions)
    return Extensions.of(_lines(sheets, known.zone))


def outdated_notes(ctx: typer.Context) -> tuple[str, ...]:
    """Return a message for each graded lab of the course whose results have other extensions."""
    known = course(ctx)
    if known is None:
        return ()
    extensions = course_extensions(known)
    if not extensions.allowed:  # reading the results of a large class takes seconds
        return ()
    return tuple(
        f"{lab.id}: the extensions or grace days of {several(students, NAMED)} have changed since "
        f"it was graded. Run `grader rescore {lab.id}`."
        for lab, students in outdated(known, extensions)
    )


def _lines(sheets: Sheets, zone: str) -> Iterator[Allowance]:
    if sheets.roster is not None:
        yield from read_roster_extensions(sheets.roster, zone)
    if sheets.extensions is not None:
        yield from read_extensions(sheets.extensions, zone)


def _kept(sheets: Sheets) -> Iterator[Allowance]:
    before = None if sheets.kept is None else kept_extensions(sheets.kept)
    if before is not None:
        given = {True: sheets.roster, False: sheets.extensions}
        yield from (each for each in before.lines if given[each.is_roster] is None)
