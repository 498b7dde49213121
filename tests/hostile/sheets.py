"""Hand-ins whose names are formulas: a name is a student's id, and the beginning of a reason."""

import stat
from functools import partial

from grader.types import Status
from tests.hostile.case import Case
from tests.intake.archives import HAND_IN, raw_zip, zipped

# What a spreadsheet may take for the beginning of a formula, alone or after white space.
BEGINNINGS = ("=", "+", "-", "@", "\t=", "\r=", " =", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def named(begins: str) -> Case:
    """A right hand-in of a student whose id is a formula."""
    return Case(
        name=f"{begins}HYPERLINK(A1)",
        make=partial(zipped, HAND_IN),
        check="intake.layout",
        says="",
        status=Status.PASSED,
    )


CASES: tuple[Case, ...] = (
    *map(named, (*BEGINNINGS, "x;=", "x|=")),
    Case(name="=cmd|' C calc'!A0", make=bytes, check="intake.archive", says="=cmd|' C calc'!A0"),
    Case(
        name="formula-in-a-file's-name",
        make=partial(raw_zip, [(b"=SUM(1)", b"")], stat.S_IFLNK),
        check="intake.archive",
        says="=SUM(1) is a symbolic link",
    ),
)
