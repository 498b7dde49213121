"""Reading and writing of evidence."""

from dataclasses import dataclass, fields
from typing import get_args, get_type_hints

import pytest

from grader.evidence.checks import EVIDENCE
from grader.evidence.record import Record, written
from grader.types import Json, Measurement, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Record):
    """A list entry with a required name."""

    name: str
    share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen(Record):
    """A record with one field of each type."""

    whole: int | None
    number: float | None
    text: str | None
    truth: bool | None
    lines: tuple[Line, ...]
    pairs: tuple[tuple[int, int], ...]
    names: tuple[str, ...] | None = None
    left: int | None = None


WHOLE: dict[str, Json] = {
    "whole": 3,
    "number": 0.5,
    "text": "words",
    "truth": False,
    "lines": [{"name": "a", "share": 0.25}, {"name": "b", "share": None}],
    "pairs": [[1, 2]],
    "names": [],
}
NOTHING = Seen(whole=None, number=None, text=None, truth=None, lines=(), pairs=())


def seen(evidence: dict[str, Json]) -> Seen:
    """The record of a measurement with this evidence."""
    return Seen.read(Measurement(id="a", status=Status.PASSED, evidence=evidence))


def test_a_written_record_is_read_back() -> None:
    """Keys are in the order of the fields; optional keys are left out, others are null."""
    assert list(seen(WHOLE).json().items()) == list(WHOLE.items())
    empty: dict[str, Json] = dict.fromkeys(("whole", "number", "text", "truth"))
    assert NOTHING.json() == {**empty, "lines": [], "pairs": []}
    assert seen(NOTHING.json()) == NOTHING


def test_missing_evidence_gives_an_empty_record() -> None:
    """A measurement without evidence, and a missing one, give an empty record."""
    assert seen({}) == Seen.read(None) == NOTHING


@pytest.mark.parametrize("key", list(WHOLE))
@pytest.mark.parametrize("odd", [{}, {"a": 1}, object()])
def test_a_value_of_another_type_is_read_as_missing(key: str, odd: Json) -> None:
    """The other keys are read all the same."""
    expected = {**WHOLE, key: getattr(NOTHING, key)}
    found = seen({**WHOLE, key: odd})
    assert getattr(found, key) == expected[key]
    assert {k: v for k, v in found.json().items() if k != key} == {
        k: v for k, v in WHOLE.items() if k != key
    }


def test_a_truth_value_is_not_a_number() -> None:
    """JSON distinguishes them, although Python's bool is an int."""
    found = seen({"whole": True, "number": False, "truth": 1})
    assert found == NOTHING


def test_an_entry_without_a_required_key_is_left_out() -> None:
    """The other entries stay in their order."""
    lines: Json = [{"share": 1.0}, 3, {"name": "a", "share": "x"}, {"name": "b", "share": 1}]
    assert seen({"lines": lines}).lines == (Line(name="a", share=None), Line(name="b", share=1))


def test_several_records_make_one_evidence() -> None:
    """The keys of the records follow each other."""
    assert list(written(NOTHING, Line(name="a", share=None))) == [
        *("whole", "number", "text", "truth", "lines", "pairs", "name", "share"),
    ]


@pytest.mark.parametrize("record", sorted({r for all_ in EVIDENCE.values() for r in all_}, key=str))
def test_evidence_may_lack_any_of_its_keys(record: type[Record]) -> None:
    """Each field of a check's record is a tuple or may be None."""
    hints = get_type_hints(record)
    for field in fields(record):
        absent = getattr(record.read(None), field.name)
        assert absent is None or absent == ()
        assert (type(None) in get_args(hints[field.name])) == (absent is None)
