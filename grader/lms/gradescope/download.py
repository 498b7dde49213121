"""Gradescope's “Export Submissions”: submission_metadata.yml and a folder for each submission.

    submission_metadata.yml      submission_{n}: :submitters:, :created_at:, :history: …
    submission_{n}/…             the files as handed in; zips are unpacked

The metadata is Ruby's YAML: its keys begin with a colon, and older exports write times as Ruby
objects. Every scalar is read as text, also one that YAML takes for a number, a time or a truth
value: `0012347` is an id, not 5351. Tags are ignored.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import yaml

from grader.errors import GraderError
from grader.lms.listing import (
    DownloadedFile,
    FileList,
    Reader,
    Reading,
    StudentFiles,
)
from grader.lms.times import FIRST, LAST
from grader.types import Arrival, Member

NAME = "gradescope"
METADATA = "submission_metadata.yml"
FOLDER = "submission_"


_AS_TEXT: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # ten times as fast, if there is it
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})  # not quoted, they are no text


class _Plain(_AS_TEXT):  # type: ignore[misc]  # one of two, by what is installed
    """Builds only texts, lists, mappings and None, also from tagged nodes."""

    def construct_scalar(self, node: Any) -> str | None:
        """Return the text of the node as it is written; None if it is YAML's null."""
        text: str = super().construct_scalar(node)
        return None if not node.style and text in _NOTHING else text


def owner(name: str) -> str | None:
    """Return the number of the file's submission; None for a file in no submission's folder."""
    folder, slash, _ = name.partition("/")
    return folder.removeprefix(FOLDER) if slash and folder.startswith(FOLDER) else None


def read(file_list: FileList) -> Reading:
    """Return the files of each submission that has any.

    Raises `GraderError` if the metadata cannot be read or lacks a folder.
    """
    known = _metadata(file_list.read(METADATA))
    folders: dict[str, list[DownloadedFile]] = {}
    for name in file_list.names:
        folder, _, inside = name.partition("/")
        if inside:
            folders.setdefault(folder, []).append(DownloadedFile(member=name, name=inside))
    unknown = sorted(folders.keys() - known.keys())
    if unknown:
        raise GraderError(
            f"{METADATA} lacks {', '.join(unknown[:5])}.",
            help="Export the submissions again: the folders and the metadata belong together.",
        )
    students = tuple(
        _student(folder, files, known[folder]) for folder, files in sorted(folders.items())
    )
    groups = (
        f"submission_{each.who.lms_id} is from {each.who.name}: it is graded under the first id."
        for each in students
        if each.who.members
    )
    empty = (f"{each}: the export has no file of it." for each in sorted(known.keys() - folders))
    return Reading(students=students, notes=(*groups, *empty))


def _metadata(raw: bytes) -> Mapping[str, Mapping[str, Any]]:
    try:
        document = yaml.load(raw, _Plain)  # noqa: S506 - a BaseLoader builds no objects
        known = {str(key): _mapping(value) for key, value in _mapping(document).items()}
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise GraderError(
            f"{METADATA} cannot be read: {' '.join(str(error).split())[:200]}.",
            help="Export the submissions again.",
        ) from error
    return known


def _mapping(value: object) -> dict[str, Any]:
    """Return the mapping with its keys without Ruby's colon."""
    if not isinstance(value, dict):
        raise ValueError("a mapping was expected")
    return {str(key).removeprefix(":"): inner for key, inner in value.items()}


def _student(
    folder: str, files: Sequence[DownloadedFile], about: Mapping[str, Any]
) -> StudentFiles:
    members = tuple(_member(_mapping(each)) for each in _entries(about.get("submitters")))
    first = members[0] if members else Member()
    history = [_mapping(each) for each in _entries(about.get("history"))]
    earlier = [f"{folder}: {each['id']}" for each in history if each.get("id") is not None]
    return StudentFiles(
        who=Arrival(
            lms=NAME,
            lms_id=folder.removeprefix(FOLDER),
            name=", ".join(each.name for each in members if each.name) or None,
            email=first.email,
            place=f"{folder}/",
            submitted_at=_moment(about.get("created_at")),
            superseded=tuple(earlier),
            members=members if len(members) > 1 else (),
        ),
        files=tuple(files),
        student_id=first.id,
    )


def _entries(value: object) -> list[Any]:
    """Return the mappings in a list; other values are ignored."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _member(about: Mapping[str, Any]) -> Member:
    return Member(
        id=_text(about.get("sid")),
        name=_text(about.get("name")),
        email=_text(about.get("email")),
    )


def _text(value: object) -> str | None:
    """Return a text; None for anything else, which can be deeply nested."""
    return value.strip() or None if isinstance(value, str) else None


def _moment(value: object) -> str | None:
    """Return ISO 8601 with its offset, or None if unreadable. A time without a zone is UTC."""
    if isinstance(value, dict):  # ActiveSupport::TimeWithZone
        value = _mapping(value).get("utc")
    if not isinstance(value, str) or ":" not in value:  # a date alone is no moment
        return None
    plain = re.sub(r"\s+(?=[+-]\d)", "", re.sub(r"\s*(UTC|Z)$", "+00:00", value.strip()))
    try:
        moment = datetime.fromisoformat(plain)
    except ValueError:
        return None
    if not FIRST <= moment.year < LAST:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


READER = Reader(owner=owner, read=read, metadata=METADATA)
