"""Canvas's gradebook from “Export Entire Gradebook”: find the column of one assignment.

    Student, ID, [SIS User ID, SIS Login ID, …], Section, {assignment} ({number}), …
    [Manual Posting in the assignments' columns]
    Points Possible, with the assignments' maxima
    one row for each student

Canvas imports the same file; it ignores columns whose points are “(read only)”.
"""

import re

from grader.errors import GraderError
from grader.lms.canvas import download as canvas
from grader.lms.cells import Sheet, number, parse
from grader.lms.filling import SheetRow, Target

STUDENT, ID = 0, 1
HEAD = 4  # the rows before the students' are among these first rows
NUMBERED = re.compile(r"(?P<name>.*) \((?P<number>\d+)\)", re.DOTALL)
NO_GRADE = {"ex": "it is excused in Canvas", "excused": "it is excused in Canvas"}


def target(raw: bytes, assignment: str) -> Target:
    """Find the column of `assignment` (its name, number, or both) and the students' rows.

    Raises `GraderError` if the file is not a gradebook, and if the assignment is missing or
    shares its name with another.
    """
    sheet = parse(raw)
    if len(sheet.lines) < 2 or len(sheet.lines[0].cells) < 3:
        raise _no_gradebook("it has no rows")
    column = _column(sheet, assignment)
    possible = _possible(sheet, column)
    cells = [line.texts for line in sheet.lines]
    short = [at for at in range(possible + 1, len(cells)) if any(cells[at])]
    rows = []
    for at in short:
        if len(cells[at]) <= column:
            raise _no_gradebook(f"line {at + 1} has no cell for the assignment")
        if not cells[at][ID].strip().isdecimal():
            continue
        rows.append(
            SheetRow(
                line=at,
                lms_id=cells[at][ID].strip(),
                identity=tuple(cells[at][: _identity_width(sheet)]),
                name=cells[at][STUDENT].strip() or None,
                closed=NO_GRADE.get(cells[at][column].strip().casefold()),
            )
        )
    maximum = number(cells[possible][column])
    if not maximum:
        raise GraderError(
            f"{sheet.lines[0].texts[column]} has “{cells[possible][column].strip()}” as its "
            "points possible, not a number.",
            help="Give an assignment that is graded in points.",
        )
    return Target(
        lms=canvas.NAME,
        sheet=sheet,
        column=column,
        maximum=maximum,
        rows=tuple(rows),
        decimal="," if "," in cells[possible][column] else ".",
        grouped=True,
    )


def _column(sheet: Sheet, assignment: str) -> int:
    wanted = assignment.strip()
    headers = {at: each.strip() for at, each in enumerate(sheet.lines[0].texts) if at > ID}
    numbered = {at: match for at, each in headers.items() if (match := NUMBERED.fullmatch(each))}
    exact = [at for at, each in headers.items() if each == wanted and at in numbered]
    named = [at for at, each in numbered.items() if wanted in (each["name"], each["number"])]
    found = exact or named
    if len(found) == 1:
        return found[0]
    there = "; ".join(headers[at] for at in found or numbered) or "none"
    if found:
        raise GraderError(
            f"{len(found)} assignments have the name {wanted}: {there}.",
            help="Give the number in parentheses: --assignment NUMBER.",
        )
    raise GraderError(f"The gradebook has no assignment {wanted}.", help=f"It has: {there}.")


def _possible(sheet: Sheet, column: int) -> int:
    """Return the index of the line “Points Possible”: the last without a student's number."""
    before = []
    for at, line in enumerate(sheet.lines[1:HEAD], start=1):
        cells = line.texts
        if len(cells) <= column or cells[ID].strip():
            break
        before.append(at)
    if not before:
        raise _no_gradebook("the row “Points Possible” is missing")
    return before[-1]


def _identity_width(sheet: Sheet) -> int:
    """Return the number of cells before the first assignment."""
    header = sheet.lines[0].texts
    return next((at for at, each in enumerate(header) if NUMBERED.fullmatch(each.strip())), ID + 1)


def _no_gradebook(why: str) -> GraderError:
    return GraderError(
        f"This is not a gradebook of Canvas: {why}.",
        help="Give the file from “Export Entire Gradebook” unchanged.",
    )
