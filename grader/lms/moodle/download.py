"""Moodle's “Download all submissions”: with a folder for each student, or without folders.

    {Full Name}_{participant}_assignsubmission_file_/{path}     folders, before Moodle 4
    {Full Name}_{participant}_assignsubmission_file/{path}      the same without the last `_`
    {Full Name}_{participant}_assignsubmission_file_{name}      without folders
    {Full Name}_{participant}_assignsubmission_onlinetext_/onlinetext.html

A full name never contains `_`: Moodle writes a space instead, and leaves out signs, so that nothing
may be left. The first number is therefore the participant's. The download has no submission times.
Source: `download_submissions` in mod/assign/locallib.php.
"""

import re
from dataclasses import replace

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
from grader.types import Arrival

NAME = "moodle"
MEMBER = re.compile(
    r"(?P<place>(?P<name>[^/_]*)_(?P<participant>\d+)_assignsubmission_(?P<plugin>[a-z]+)"
    r"(?:_?(?=/)|_(?=[^/]+$)))/?(?P<file>.+)",
    re.DOTALL,
)
HIDDEN = "participant"  # Moodle's word in place of hidden names, in the site's language


def owner(name: str) -> str | None:
    """Return the number of the file's participant; None if Moodle has not named the file."""
    found = MEMBER.fullmatch(name)
    return found and found["participant"]


def read(file_list: FileList) -> Reading:
    """Return the files of each participant, with the folder's name or file prefix as `place`."""
    gathered: dict[tuple[str, str], Gathered] = {}
    for name in file_list.names:
        found = MEMBER.fullmatch(name)
        assert found is not None
        as_file = found["plugin"] == "file"
        mine = gathered.setdefault(
            (found["participant"], found["name"]),
            Gathered(
                who=Arrival(lms=NAME, lms_id=found["participant"], name=found["name"] or None)
            ),
        )
        if as_file or mine.who.place is None:
            place = found["place"] + ("/" if "/" in name else "")
            mine.who = replace(mine.who, place=place)
        file = DownloadedFile(member=name, name=found["file"])
        (mine.files if as_file else mine.typed).append(file)
    names = [each.who.name for each in gathered.values()]
    if len(set(names)) == 1 and (len(names) > 1 or (names[0] or "").casefold() == HIDDEN):
        for mine in gathered.values():
            mine.who = replace(mine.who, name=None)
    return by_student(one_name_each(gathered.values(), label(NAME)))


READER = Reader(owner=owner, read=read)
