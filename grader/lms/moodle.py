"""Moodle's “Download all submissions”: a folder for each student, or all files beside each other.

    {Full Name}_{participant}_assignsubmission_file_/{path}     folders, before Moodle 4
    {Full Name}_{participant}_assignsubmission_file/{path}      the same without the last `_`
    {Full Name}_{participant}_assignsubmission_file_{name}      without folders
    {Full Name}_{participant}_assignsubmission_onlinetext_/onlinetext.html

A full name has no `_` in it: Moodle writes a space instead. Source: `download_submissions` in
mod/assign/locallib.php. Nothing in the download says when anything was handed in.
"""

import re
from collections.abc import Sequence

from grader.lms.listing import Gathered, Listing, Piece, Reader, Reading, by_student
from grader.types import HandedIn

NAME = "moodle"
MEMBER = re.compile(
    r"(?P<place>(?P<name>[^/_]+)_(?P<participant>\d+)_assignsubmission_(?P<plugin>[a-z]+)"
    r"(?:_?(?=/)|_(?=[^/]+$)))/?(?P<file>.+)"
)


def recognises(names: Sequence[str]) -> bool:
    """Whether every file is one that Moodle has named."""
    return bool(names) and all(MEMBER.fullmatch(name) for name in names)


def read(listing: Listing) -> Reading:
    """A parcel for each participant; `place` is the folder's name, or the beginning of a file's."""
    gathered: dict[str, Gathered] = {}
    for name in listing.names:
        found = MEMBER.fullmatch(name)
        assert found is not None
        as_file = found["plugin"] == "file"
        mine = gathered.setdefault(
            found["participant"],
            Gathered(who=HandedIn(lms=NAME, lms_id=found["participant"], name=found["name"])),
        )
        if as_file or mine.who.place is None:
            mine.who = _at(mine.who, found["place"] + ("/" if "/" in name else ""))
        piece = Piece(member=name, name=found["file"])
        (mine.pieces if as_file else mine.beside).append(piece)
    return by_student(gathered.values())


def _at(who: HandedIn, place: str) -> HandedIn:
    return HandedIn(lms=who.lms, lms_id=who.lms_id, name=who.name, place=place)


READER = Reader(recognises=recognises, read=read)
