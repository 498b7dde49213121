"""Sakai's “Download All” of an assignment: a folder for each student, below the assignment's title.

    {title}/grades.csv
    {title}/{Last, First}({eid})/timestamp.txt, comments.txt, feedbackText.html, …
    {title}/{Last, First}({eid})/Submission attachment(s)/{file}
    {title}/{Last, First}({eid})_Submission attachment(s)_{file}       without folders

`eid` is the student's login, in most places the student's id.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from grader.lms.listing import (
    DownloadedFile,
    FileList,
    Gathered,
    Reader,
    Reading,
    by_student,
    label,
    one_name_each,
)
from grader.text import shown
from grader.types import Arrival

NAME = "sakai"
ATTACHMENTS = re.compile(r"Submission attachment\(s\)[/_](?P<file>.+)", re.DOTALL)
TYPED = re.compile(r"[^/]*_submissionText\.html")  # typed into Sakai, not uploaded
OWN = re.compile(r"timestamp\.txt|comments\.txt|feedbackText\.html|Feedback Attachment\(s\)/.*")
REST = re.compile(
    "|".join((ATTACHMENTS.pattern.replace("?P<file>", "?:"), TYPED.pattern, OWN.pattern)), re.DOTALL
)
# Sakai writes the last parentheses of a folder's name; without folders a name or a file can have
# some like them.
FOLDER = re.compile(r"(?P<name>[^/]*?) ?\((?P<eid>[^/()]+)\)")
FLAT = re.compile(r"(?=\((?P<eid>[^/()]+)\)_(?P<rest>Submission attachment\(s\)_.+)\Z)", re.DOTALL)
GRADES = frozenset({"grades.csv", "grades.xls", "grades.xlsx"})
TIMESTAMP = "timestamp.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileName:
    """One way to read the name of a file: its student, and the part that follows the student."""

    place: str
    name: str
    eid: str
    rest: str


def readings(member: str) -> tuple[FileName, ...]:
    """Return all ways to read `member`, that with the shortest name first; () if it has none."""
    top, slash, rest = member.partition("/")
    if slash:
        found = FOLDER.fullmatch(top)
        if found is None or not REST.fullmatch(rest):
            return ()
        return (FileName(place=f"{top}/", name=found["name"], eid=found["eid"], rest=rest),)
    return tuple(
        FileName(
            place=member[: at.start("rest") - 1],
            name=member[: at.start()].removesuffix(" "),
            eid=at["eid"],
            rest=at["rest"],
        )
        for at in FLAT.finditer(member)
    )


def owner(name: str) -> str | None:
    """Return a login that can be that of the file's student; None if Sakai has not named it."""
    found = readings(name)
    return found[0].eid if found else None


def read(file_list: FileList) -> Reading:
    """Return the attachments of each student, with the time of the hand-in if Sakai wrote it."""
    gathered: dict[tuple[str, str], Gathered] = {}
    open_ = {member: readings(member) for member in file_list.names}
    names = {found[0].eid: found[0].name for found in open_.values() if len(found) == 1}
    for member, found in open_.items():
        fit = [each for each in found if names.get(each.eid, each.name) == each.name]
        mine = _of_student(gathered, (fit or found)[0])
        if len(fit or found) > 1:
            logins = " or ".join(dict.fromkeys(each.eid for each in fit or found))
            why = f"The file {shown(member)} can be of the Sakai user {logins}: check whose it is."
            review = " ".join(filter(None, (mine.who.review, why)))
            mine.who = replace(mine.who, review=review)
        rest = (fit or found)[0].rest
        attached = ATTACHMENTS.fullmatch(rest)
        if attached is not None:
            mine.files.append(DownloadedFile(member=member, name=attached["file"]))
        elif TYPED.fullmatch(rest):
            mine.typed.append(DownloadedFile(member=member, name="submissionText.html"))
        elif rest == TIMESTAMP:
            mine.who = replace(mine.who, submitted_at=moment(file_list.read(member)))
    students = list(one_name_each(gathered.values(), label(NAME)))
    empty = [each.who for each in students if not (each.files or each.typed)]
    reading = by_student(each for each in students if each.files or each.typed)
    notes = (f"{each.name} ({each.lms_id}): the download has no file." for each in empty)
    return replace(reading, notes=(*reading.notes, *notes))


def _of_student(gathered: dict[tuple[str, str], Gathered], found: FileName) -> Gathered:
    last, comma, first = found.name.partition(", ")
    name = f"{first} {last}" if comma else found.name
    who = Arrival(lms=NAME, lms_id=found.eid, name=name or None, place=found.place)
    return gathered.setdefault((found.eid, found.name), Gathered(who=who, student_id=found.eid))


def moment(raw: bytes) -> str | None:
    """Return the time in ISO 8601 with its offset; None if it has no zone or cannot be read.

    Sakai writes `2024-04-04T15:54:59Z`, older versions `20240404155459000` in UTC.
    """
    text = raw[:40].decode("ascii", "replace").strip()
    if re.fullmatch(r"20\d{12}(\d{3})?", text):
        text = f"{text[:8]}T{text[8:14]}+00:00"
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.isoformat() if found.tzinfo else None


READER = Reader(owner=owner, read=read, extras=GRADES)
