"""Read the names of Canvas's files in every way they can be read, and choose the way that fits.

A student chooses the name of the file, and often the display name: both can have `_1_2_` in them,
so that another student's number can be read. (Canvas removes `_1_` from a display name, but makes
`_1_` of `_1 _`.) Some readings cannot be right, whatever a student chose: a user has one name in a
download, an attachment is one file, a display name has no capital letters, and names are hidden for
all or for none. Among the rest, the numbers of the other files and of the roster say which is
likely. A person looks where they leave two.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.lms.canvas.evidence import Evidence
from grader.lms.canvas.reading import Chosen, FileName, doubt
from grader.lms.people import Person

ANONYMOUS = "anon"
LONGEST = 1024  # characters; Canvas cuts the name of a file at 255
NUMBERS = re.compile(
    r"(?=_(?P<late>LATE_)?(?P<user>\d+)_(?:(?P<attachment>\d+)_(?P<file>[^/]+)"
    r"|(?P<typed>text\.html|link\.html))\Z)",
    re.DOTALL,
)
CAPITAL = re.compile("[A-Z]")  # only Canvas's own word LATE has capital letters
HIDDEN = re.compile(
    r"(?P<name>anon)_(?P<late>LATE_)?(?P<user>[0-9A-Za-z]{5})_"
    r"(?:(?P<attachment>\d+)_(?P<file>[^/]+)|(?P<typed>text\.html|link\.html))",
    re.DOTALL,
)


def readings(member: str) -> tuple[FileName, ...]:
    """Return all ways to read `member`, that with the shortest display name first."""
    if "/" in member or len(member) > LONGEST:
        return ()
    hidden = HIDDEN.fullmatch(member)
    shown = ((member[: at.start()], at) for at in NUMBERS.finditer(member))
    return (
        *((_file_name(hidden, ANONYMOUS),) if hidden else ()),
        *(_file_name(at, name) for name, at in shown if not CAPITAL.search(name)),
    )


def _file_name(found: re.Match[str], name: str) -> FileName:
    late = found["late"] or ""
    return FileName(
        place=f"{name}_{late}{found['user']}_",
        name=name,
        user=found["user"],
        late=bool(late),
        attachment=int(found["attachment"]) if found["attachment"] else None,
        file=found["typed"] or found["file"],
        hidden=found.re is HIDDEN,
    )


def choose(members: Sequence[str], people: Sequence[Person]) -> dict[str, Chosen]:
    """Choose a reading for each of `members`; `people` are those of the roster, if there is one.

    A file with one possible reading names its student's number and display name for the others, so
    that nobody is read as a student who is known under another name.
    """
    open_ = _of_one_kind({member: readings(member) for member in members})
    certain = _certain(open_)
    evidence = Evidence.of(certain, open_, people)
    chosen = {member: Chosen(reading=reading) for member, reading in certain.items()}
    for member, found in open_.items():
        if member not in certain:
            possible = _possible(certain, found)
            chosen[member] = evidence.choose(member, possible or found)
    return _with_doubts(chosen, certain)


def _of_one_kind(open_: Mapping[str, tuple[FileName, ...]]) -> dict[str, tuple[FileName, ...]]:
    """Return the readings without those of hidden names, unless all of several files have one."""
    hidden = [any(each.hidden for each in found) for found in open_.values()]
    if len(hidden) == 1 or not any(hidden):
        return dict(open_)
    kept = {
        member: tuple(each for each in found if each.hidden == all(hidden))
        for member, found in open_.items()
    }
    return {member: found or open_[member] for member, found in kept.items()}


def _certain(open_: Mapping[str, Sequence[FileName]]) -> dict[str, FileName]:
    """Return the files with one possible reading; each can leave one for further files."""
    certain: dict[str, FileName] = {m: found[0] for m, found in open_.items() if len(found) == 1}
    while settled := {
        member: possible[0]
        for member, found in open_.items()
        if member not in certain and len(possible := _possible(certain, found)) == 1
    }:
        certain |= settled
    return certain


def _possible(certain: Mapping[str, FileName], found: Sequence[FileName]) -> list[FileName]:
    """Return the readings that no certain file contradicts."""
    names = {each.user: each.name for each in certain.values()}
    files: dict[int | None, str] = {each.attachment: each.file for each in certain.values()}
    return [
        each
        for each in found
        if names.get(each.user, each.name) == each.name
        and (each.attachment is None or files.get(each.attachment, each.file) == each.file)
    ]


def _with_doubts(chosen: dict[str, Chosen], certain: Mapping[str, FileName]) -> dict[str, Chosen]:
    """Return `chosen`, with a review where two names would be those of one user."""
    names: defaultdict[str, set[str]] = defaultdict(set)
    for each in chosen.values():
        names[each.reading.user].add(each.reading.name)
    return {
        member: replace(each, review=each.review or doubt(member, [each.reading]))
        if len(names[each.reading.user]) > 1 and member not in certain
        else each
        for member, each in chosen.items()
    }
