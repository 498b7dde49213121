"""Canvas's “Download Submissions”: submissions.zip, without folders.

    {name}_[LATE_]{user}_{attachment}_{file}         {name} is lower case without spaces,
                                                     a group's own, or empty
    anon_[LATE_]{anonymous id}_{attachment}_{file}   if names are hidden
    {name}_[LATE_]{user}_text.html, …_link.html      typed or linked, not uploaded

A file that is handed in again under its old name gets the name `B1-1.zip`, then `B1-2.zip`; the
attachment's number grows with time. The download has no submission times. Source:
lib/content_zipper.rb and `infer_comment_context_from_filename` in app/models/assignment.rb.
"""

import re
from dataclasses import replace

from grader.lms.listing import DownloadedFile, FileList, Gathered, Reader, Reading, by_student
from grader.types import Arrival

NAME = "canvas"
ANONYMOUS = "anon"
MEMBER = re.compile(
    r"(?P<place>(?P<name>[^/]*?)_(?P<late>LATE_)?"
    r"(?P<user>\d+|(?<=anon_)[0-9A-Za-z]{5}|(?<=anon_LATE_)[0-9A-Za-z]{5})_)"
    r"(?:(?P<attachment>\d+)_(?P<file>[^/]+)|(?P<typed>text\.html|link\.html))",
    re.DOTALL,
)


def owner(name: str) -> str | None:
    """Return the number of the file's user; None if Canvas has not named the file."""
    found = MEMBER.fullmatch(name)
    return found and found["user"]


def read(file_list: FileList) -> Reading:
    """Return the files of each user; `late` is Canvas's own mark, by its own due date."""
    gathered: dict[str, Gathered] = {}
    for name in file_list.names:
        found = MEMBER.fullmatch(name)
        assert found is not None
        shown = None if found["name"] == ANONYMOUS else found["name"] or None
        who = Arrival(lms=NAME, lms_id=found["user"], name=shown, place=found["place"], late=False)
        mine = gathered.setdefault(found["user"], Gathered(who=who))
        if found["late"]:
            mine.who = replace(mine.who, late=True)
        if found["typed"]:
            mine.typed.append(DownloadedFile(member=name, name=found["typed"]))
        else:
            order = int(found["attachment"])
            mine.files.append(DownloadedFile(member=name, name=found["file"], order=order))
    return by_student(gathered.values(), numbered=True)


READER = Reader(owner=owner, read=read, certain=False)
