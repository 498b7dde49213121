"""Canvas's “Download Submissions”: submissions.zip, without folders.

    {name}_[LATE_]{user}_{attachment}_{file}         {name} is lower case without spaces,
                                                     a group's own, or empty
    anon_[LATE_]{anonymous id}_{attachment}_{file}   if names are hidden
    {name}_[LATE_]{user}_text.html, …_link.html      typed or linked, not uploaded

A file that is handed in again under its old name gets the name `B1-1.zip`, then `B1-2.zip`; the
attachment's number grows with time. The download has no submission times. Source:
lib/content_zipper.rb and `infer_comment_context_from_filename` in app/models/assignment.rb.
"""

from dataclasses import replace

from grader.lms.canvas.names import ANONYMOUS, choose, readings
from grader.lms.listing import DownloadedFile, FileList, Gathered, Reader, Reading, by_student
from grader.lms.people import CANVAS
from grader.types import Arrival

NAME = CANVAS


def owner(name: str) -> str | None:
    """Return a number that can be that of the file's user; None if Canvas has not named it."""
    found = readings(name)
    return found[0].user if found else None


def read(file_list: FileList) -> Reading:
    """Return the files of each user; `late` is Canvas's own mark, by its own due date.

    A user has one name in a download: files of one number under two names are of two students.
    """
    gathered: dict[tuple[str, str], Gathered] = {}
    chosen = choose(file_list.names, file_list.people)
    for member in file_list.names:
        found = chosen[member].reading
        shown = None if found.name == ANONYMOUS else found.name or None
        who = Arrival(lms=NAME, lms_id=found.user, name=shown, place=found.place, late=False)
        mine = gathered.setdefault((found.user, found.name), Gathered(who=who))
        if found.late:
            mine.who = replace(mine.who, late=True)
        if chosen[member].review:
            mine.who = replace(mine.who, review=chosen[member].review)
        file = DownloadedFile(member=member, name=found.file, order=found.attachment or 0)
        (mine.typed if found.attachment is None else mine.files).append(file)
    return by_student(gathered.values(), numbered=True)


READER = Reader(owner=owner, read=read, certain=False)
