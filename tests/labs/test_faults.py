"""The faults of a file in words: the place of each, and the nearest known key."""

from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from grader.labs.faults import faults_of, key_path, without_unknown_keys


class Leaf(BaseModel):
    """A table in a list, with an id."""

    model_config = ConfigDict(extra="forbid")
    id: str = ""
    points: float = 0.0

    @field_validator("points")
    @classmethod
    def _positive(cls, points: float) -> float:
        if points < 0:
            raise ValueError("must not be negative")
        return points


class Limits(BaseModel):
    """A table of its own."""

    model_config = ConfigDict(extra="forbid")
    entries: int = 1


class File(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid")
    name: str
    limits: Limits | None = None
    leaves: tuple[Leaf, ...] = ()


def refused(content: dict[str, Any]) -> ValidationError:
    """What the model raises for this content."""
    with pytest.raises(ValidationError) as caught:
        File.model_validate(content)
    return caught.value


def faults(content: dict[str, Any]) -> tuple[str, ...]:
    """The faults of this content in words."""
    return faults_of(File, content, refused(content))


@pytest.mark.parametrize(
    ("keys", "where"),
    [
        ((), ""),
        (("layout",), "layout"),
        (("layout", "paths"), "layout.paths"),
        (("questions", 0, "points"), "questions[4.1].points"),
        (("questions", 1), "questions[number 2]"),
        (("questions", 2), "questions[form]"),
        (("questions", 9, "points"), "questions[number 10].points"),
        (("layout", 3), "layout[number 4]"),
    ],
)
def test_a_place_names_tables_by_their_id(keys: tuple[int | str, ...], where: str) -> None:
    """By `id` or `name`, else by the number, counted from one; also where nothing is there."""
    content = {"questions": [{"id": "4.1"}, {"id": ""}, {"name": "form"}], "layout": {}}
    assert key_path(keys, content) == where


def test_every_fault_is_told_with_its_place() -> None:
    """A missing key, a value of another type and a validator's own words."""
    found = faults({"limits": {"entries": "many"}, "leaves": [{"id": "a", "points": -1}]})
    assert len(found) == 3
    assert any(each.startswith("name: ") and "missing" in each for each in found)
    assert any(each.startswith("limits.entries: ") for each in found)
    assert "leaves[a].points: must not be negative" in found


@pytest.mark.parametrize(
    ("content", "where", "nearest"),
    [
        ({"nam": 1}, "nam", "name"),
        ({"limits": {"entires": 1}}, "limits.entires", "entries"),
        ({"leaves": [{"id": "a", "point": 1}]}, "leaves[a].point", "points"),
    ],
)
def test_an_unknown_key_is_told_with_the_nearest(
    content: dict[str, Any], where: str, nearest: str
) -> None:
    """Of the table in which it stands, however deep."""
    (fault,) = (each for each in faults({"name": "x", **content}))
    assert fault.startswith(f"{where}: ")
    assert fault.endswith(f" {nearest}")


def test_a_key_that_is_near_to_none_has_no_suggestion() -> None:
    """A guess would lead elsewhere."""
    (fault,) = faults({"name": "x", "zzzz": 1})
    assert fault.startswith("zzzz: ")
    assert "nearest" not in fault


def test_no_value_is_repeated() -> None:
    """It may be a password that somebody put at the wrong place."""
    (fault,) = faults({"name": "x", "limits": {"entries": "hunter2"}})
    assert "hunter2" not in fault


def test_what_is_not_known_can_be_left_out() -> None:
    """The copy is valid, and the content stays as it was."""
    content = {"name": "x", "odd": 1, "leaves": [{"id": "a", "odder": 2}], "limits": {"oddest": 3}}
    known = without_unknown_keys(content, refused(content))
    assert known == {"name": "x", "leaves": [{"id": "a"}], "limits": {}}
    assert content["odd"] == 1
    assert File.model_validate(known).leaves[0].id == "a"
