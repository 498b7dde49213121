"""Sakai's “Download All” of an assignment: a folder for each student, below the assignment's title.

    {title}/grades.csv
    {title}/{Last, First}({eid})/timestamp.txt, comments.txt, feedbackText.html, …
    {title}/{Last, First}({eid})/Submission attachment(s)/{file}
    {title}/{Last, First}({eid})_Submission attachment(s)_{file}       without folders

`eid` is the student's login, in most places the student's id.
"""

import re
from dataclasses import replace
from datetime import datetime

from grader.lms.listing import DownloadedFile, FileList, Gathered, Reader, Reading, by_student
from grader.types import Arrival

NAME = "sakai"
ATTACHMENTS = re.compile(r"Submission attachment\(s\)[/_](?P<file>.+)", re.DOTALL)
TYPED = re.compile(r"[^/]*_submissionText\.html")  # typed into Sakai, not uploaded
OWN = re.compile(r"timestamp\.txt|comments\.txt|feedbackText\.html|Feedback Attachment\(s\)/.*")
MEMBER = re.compile(
    r"(?P<place>(?P<name>[^/]+?) ?\((?P<eid>[^/()]+)\))(?P<between>[/_])"
    rf"(?P<rest>(?:{ATTACHMENTS.pattern.replace('?P<file>', '?:')}|{TYPED.pattern}|{OWN.pattern}))",
    re.DOTALL,
)
GRADES = frozenset({"grades.csv", "grades.xls", "grades.xlsx"})
TIMESTAMP = "timestamp.txt"


def owner(name: str) -> str | None:
    """Return the login of the file's student; None if Sakai has not named the file."""
    found = MEMBER.fullmatch(name)
    return found and found["eid"]


def read(file_list: FileList) -> Reading:
    """Return the attachments of each student, with the time of the hand-in if Sakai wrote it."""
    gathered: dict[str, Gathered] = {}
    for member in file_list.names:
        found = MEMBER.fullmatch(member)
        assert found is not None
        place = found["place"] + (found["between"] if found["between"] == "/" else "")
        last, comma, first = found["name"].partition(", ")
        name = f"{first} {last}" if comma else found["name"]
        who = Arrival(lms=NAME, lms_id=found["eid"], name=name, place=place)
        mine = gathered.setdefault(found["eid"], Gathered(who=who, student_id=found["eid"]))
        attached = ATTACHMENTS.fullmatch(found["rest"])
        if attached is not None:
            mine.files.append(DownloadedFile(member=member, name=attached["file"]))
        elif TYPED.fullmatch(found["rest"]):
            mine.typed.append(DownloadedFile(member=member, name="submissionText.html"))
        elif found["rest"] == TIMESTAMP:
            at = moment(file_list.read(member))
            mine.who = replace(mine.who, submitted_at=at)
    handed_in = [each for each in gathered.values() if each.files or each.typed]
    empty = [each.who for each in gathered.values() if not (each.files or each.typed)]
    reading = by_student(handed_in)
    notes = (f"{each.name} ({each.lms_id}): the download has no file." for each in empty)
    return replace(reading, notes=(*reading.notes, *notes))


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
