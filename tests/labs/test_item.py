import pytest
from pydantic import ValidationError

from grader.labs.item import Item, Kind, Level


def item(kind: Kind, *levels: float) -> Item:
    """An item of five points with a level for each of the points."""
    words = tuple(Level(points=points, words=f"{points:g} answers") for points in levels)
    return Item(id="basics", title="Basic requirements", points=5, kind=kind, levels=words)


def test_a_rubric_has_levels() -> None:
    """Their order is the lab's."""
    assert [level.points for level in item("rubric", 0, 2.5, 5).levels] == [0, 2.5, 5]


@pytest.mark.parametrize("levels", [(), (5,), (0, 4), (0, 6), (0, 5, 5)])
def test_the_levels_of_a_rubric_fill_its_item(levels: tuple[float, ...]) -> None:
    """There are at least two, each with other points, and the highest has the item's points."""
    with pytest.raises(ValidationError, match="rubric"):
        item("rubric", *levels)


@pytest.mark.parametrize("kind", ["formula", "manual", "on-time", "questions"])
def test_no_other_kind_has_levels(kind: Kind) -> None:
    """Such an item is a fault, not a rubric."""
    assert item(kind).levels == ()
    with pytest.raises(ValidationError, match="levels"):
        item(kind, 0, 5)
