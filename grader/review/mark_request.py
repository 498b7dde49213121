"""What the page sends to be saved: validates the form of the JSON."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.marks.marking import Edit, Toggle
from grader.marks.rules import tidy

LONGEST_LIST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkRequest:
    """A mark to be saved after version `expected`; None as `points` withdraws the mark.

    `key` is the student's key in this session. The range of the points is not checked here.
    """

    key: str
    part: str
    points: float | None
    comment: str
    expected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ToggleRequest:
    """A remark to give to an answer whose newest mark is version `expected`, or to take off."""

    key: str
    part: str
    toggle: Toggle
    expected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarkRequest:
    """A remark of `part` to be changed; a new one has an empty id, and is based on version 0."""

    part: str
    edit: Edit


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRequest:
    """A private note on a part, or on the whole hand-in, to be saved after version `expected`."""

    key: str
    part: str
    words: str
    expected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ZerosRequest:
    """Zeros for the answers of these kinds that the page listed, whose hash is `seen`.

    `key` is of one student, empty for the whole class.
    """

    key: str
    kinds: tuple[str, ...]
    comment: str
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRequest:
    """Where a window is: an answer, or no student, or no part. `since` is the newest mark known."""

    window: str
    key: str
    part: str
    since: int


def mark_request(document: object) -> MarkRequest:
    """Validate the JSON `document`. Raises `ValueError` if it does not have the form of a mark."""
    found = _fields(document, student=str, part=str, points=_Number, comment=str, expected=int)
    return MarkRequest(
        key=found["student"],
        part=found["part"],
        points=_points(found["points"]),
        comment=tidy(found["comment"]),
        expected=found["expected"],
    )


def toggle_request(document: object) -> ToggleRequest:
    """Validate the JSON `document`. Raises `ValueError` if it has another form."""
    found = _fields(document, student=str, part=str, remark=str, version=int, on=bool, expected=int)
    return ToggleRequest(
        key=found["student"],
        part=found["part"],
        toggle=Toggle(remark=found["remark"], version=found["version"], on=found["on"]),
        expected=found["expected"],
    )


def remark_request(document: object) -> RemarkRequest:
    """Validate the JSON `document`. Raises `ValueError` if it has another form."""
    found = _fields(document, id=str, part=str, words=str, points=_Number, expected=int)
    edit = Edit(
        id=found["id"],
        words=" ".join(tidy(found["words"]).split()),
        points=_points(found["points"]) or 0.0,
        expected=found["expected"],
    )
    return RemarkRequest(part=found["part"], edit=edit)


def note_request(document: object) -> NoteRequest:
    """Validate the JSON `document`. Raises `ValueError` if it has another form."""
    found = _fields(document, student=str, part=str, words=str, expected=int)
    return NoteRequest(
        key=found["student"],
        part=found["part"],
        words=tidy(found["words"]),
        expected=found["expected"],
    )


def zeros_request(document: object) -> ZerosRequest:
    """Validate the JSON `document`. Raises `ValueError` if it has another form."""
    found = _fields(document, student=str, kinds=list, comment=str, seen=str)
    kinds = found["kinds"]
    if len(kinds) > LONGEST_LIST or not all(isinstance(each, str) for each in kinds):
        raise ValueError
    return ZerosRequest(
        key=found["student"],
        kinds=tuple(kinds),
        comment=tidy(found["comment"]),
        seen=found["seen"],
    )


def live_request(document: object) -> LiveRequest:
    """Validate the JSON `document`. Raises `ValueError` if it has another form."""
    found = _fields(document, window=str, student=str, part=str, since=int)
    if not found["window"] or len(found["window"]) > 64 or abs(found["since"]) > 1 << 53:
        raise ValueError
    return LiveRequest(
        window=found["window"], key=found["student"], part=found["part"], since=found["since"]
    )


def leave_request(document: object) -> str:
    """Return the window that was closed. Raises `ValueError` if `document` has another form."""
    return str(_fields(document, window=str)["window"])


def undo_request(document: object) -> str:
    """Return the id of the action to undo. Raises `ValueError` if `document` has another form."""
    return str(_fields(document, action=str)["action"])


class _Number:
    """A number of JSON, or null."""


def _fields(document: object, **kinds: type) -> Mapping[str, Any]:
    """Return the fields of an object that has exactly these, of these types."""
    if not isinstance(document, dict) or document.keys() != kinds.keys():
        raise ValueError
    if not all(_is(document[name], kind) for name, kind in kinds.items()):
        raise ValueError
    return document


def _is(value: object, kind: type) -> bool:
    if kind is _Number:
        return value is None or type(value) in (int, float)
    return type(value) is kind  # True is not a number


def _points(number: float | None) -> float | None:
    if number is None:
        return None
    try:
        points = round(float(number), 4)
    except OverflowError as error:  # JSON's integers have no limit
        raise ValueError from error
    if not math.isfinite(points):
        raise ValueError
    return points
