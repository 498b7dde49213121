"""Moodle's grading worksheet, and feedback files for its bulk upload.

The worksheet's headers are in the site's language, and some of its columns depend on the site:

    Identifier, [Full name, further identity …], Status, [Group …], Grade, Maximum grade,
    [Marking workflow state, Allocated marker], Grade can be changed,
    Last modified (submission), [Online text], Last modified (grade), [Feedback comments …]

So columns are found by position and content: the identifiers are one word before numbers, the
maximum is the same number in every row and follows the grade, and “Grade can be changed” is the
first column after it with only yes and no. Source: mod/assign/gradingtable.php.
"""

import re
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.errors import GraderError
from grader.files import zip_entry
from grader.lms.cells import Sheet, number, parse
from grader.lms.filling import SheetRow, Target
from grader.lms.moodle import download as moodle
from grader.types import Report, Status

IDENTIFIER = re.compile(r"(?P<word>\D*\s?)(?P<number>\d+)")
# Moodle's `yes` and `no` in the most common languages of sites; for others there is `--yes`.
YES = frozenset({"yes", "ja", "oui", "sí", "sì", "sim", "是", "はい", "예", "да", "tak", "ano"})
NO = frozenset(
    {"no", "nein", "nee", "nej", "non", "não", "否", "いいえ", "아니오", "нет", "nie", "ne"}
)
FEEDBACK = "feedback.html"
ASIDE = "_assignsubmission_file_"


def target(raw: bytes, yes: str | None = None) -> Target:
    """Find the grade column and the rows of the worksheet; `yes` is the site's word for yes.

    Raises `GraderError` with the missing part if the file is not a grading worksheet.
    """
    sheet = parse(raw)
    lines = [at for at, line in enumerate(sheet.lines[1:], start=1) if any(line.texts)]
    if not lines:
        raise _no_worksheet("it has no rows")
    width = len(sheet.lines[0].cells)
    ragged = next((at for at in lines if len(sheet.lines[at].cells) != width), None)
    if ragged is not None:
        raise _no_worksheet(f"line {ragged + 1} does not have the {width} cells of the header")
    columns = list(zip(*(sheet.lines[at].texts for at in lines), strict=True))
    word, numbers = _numbers(columns[0])
    grade = _grade_column(sheet, columns)
    changeable = _changeable(columns, grade + 1, yes)
    maximum = number(columns[grade + 1][0])
    assert maximum is not None
    before = columns[:grade]
    named = len(before) > 2  # else names are hidden: only identifier and status
    rows = tuple(
        SheetRow(
            line=at,
            lms_id=numbers[index],
            identity=tuple(column[index] for column in before),
            name=_shown(before[1][index], before[0][index], word) if named else None,
            closed=None if changeable[index] else "the grade is locked in Moodle",
        )
        for index, at in enumerate(lines)
    )
    return Target(
        lms=moodle.NAME,
        sheet=sheet,
        column=grade,
        maximum=maximum,
        rows=rows,
        lowest=0.0,
        highest=maximum,
        decimal="," if "," in columns[grade + 1][0] else ".",
        hidden=word,
    )


def _shown(name: str, identifier: str, word: str) -> str | None:
    """Return the name, or None if it is hidden as “Participant 123” or “Participant”."""
    return None if name.strip() in {identifier.strip(), word} else name


def _numbers(identifiers: Sequence[str]) -> tuple[str, list[str]]:
    """Return the word before every number, and the numbers."""
    found = [IDENTIFIER.fullmatch(each.strip()) for each in identifiers]
    words = {each["word"] for each in found if each}
    if None in found or len(words) != 1 or words == {""}:
        raise _no_worksheet("its first column has no identifiers like “Participant 123”")
    return words.pop().strip(), [each["number"] for each in found if each]


def _grade_column(sheet: Sheet, columns: Sequence[Sequence[str]]) -> int:
    def is_maximum(at: int) -> bool:
        same = set(map(number, columns[at]))
        before = [each.strip() for each in columns[at - 1]]
        return (
            len(same) == 1
            and (same.pop() or 0) > 0
            and all(each in {"", "-"} or number(each) is not None for each in before)
        )

    found = [at for at in range(2, len(columns)) if is_maximum(at)]
    if len(found) > 1:  # two constant columns of numbers: only an English header decides
        header = sheet.lines[0].texts
        found = [at for at in found if header[at].strip().casefold() == "maximum grade"]
    if len(found) != 1:
        raise _no_worksheet("no column is the maximum grade, the same number in every row")
    return found[0] - 1


def _changeable(
    columns: Sequence[Sequence[str]], maximum: int, yes: str | None
) -> tuple[bool, ...]:
    for column in columns[maximum + 1 :]:
        said = [each.strip().casefold() for each in column]
        if yes is not None and set(said) <= YES | NO and yes.casefold() not in YES:
            there = " and ".join(sorted(set(said)))
            raise GraderError(
                f"“{yes}” is not the sheet's word for yes: its words are {there}.",
                help="Omit --yes: the grader knows the words of this sheet.",
            )
        if yes is not None and yes.casefold() in said and len(set(said)) <= 2:
            return tuple(each == yes.casefold() for each in said)
        if set(said) <= YES | NO:
            return tuple(each in YES for each in said)
    raise GraderError(
        "The column “Grade can be changed” was not found, or is in an unknown language.",
        help="Give the sheet's word for yes: --yes WORD.",
    )


def _no_worksheet(why: str) -> GraderError:
    return GraderError(
        f"This is not a grading worksheet of Moodle: {why}.",
        help="Switch on “Offline grading worksheet” and give the sheet from “Download grading "
        "worksheet” unchanged.",
    )


def feedback_zip(
    matched: Iterable[tuple[SheetRow, Report]], pages: Iterable[str], to: Path
) -> tuple[str, ...]:
    """Write a zip for “Upload multiple feedback files in a zip”; return the ids without feedback.

    `pages` are the students' feedback pages as HTML, in the order of `matched`. A hand-in on which
    the grader itself failed gets no page. The names are those of the download, else made from the
    sheet.
    """
    without = []
    with zipfile.ZipFile(to, "w") as archive:
        for (row, report), page in zip(matched, pages, strict=True):
            if any(each.status is Status.ERROR for each in report.measurements):
                without.append(report.submission.id)
                continue
            entry = zip_entry(_name_prefix(row, report) + FEEDBACK)
            archive.writestr(entry, page.encode("utf-8", "backslashreplace"))
    return tuple(without)


def _name_prefix(row: SheetRow, report: Report) -> str:
    """Return the prefix of a file's name in the zip.

    Moodle splits it at the first four `_`: name, number, plugin's type, plugin's name, and the
    rest, which may be empty but not missing. Source: mod/assign/feedback/file/importziplib.php.
    """
    came = report.submission.handed_in
    if came is not None and came.lms == moodle.NAME and came.place and ASIDE[:-1] in came.place:
        return re.sub(r"(?<!_)/$", "_/", came.place)
    name = row.identity[1] if len(row.identity) > 1 else row.identity[0]
    plain = re.sub(r'[\\/:*?"<>|_\x00-\x1f]', " ", name).strip() or "Participant"
    return f"{plain}_{row.lms_id}{ASIDE}/"
