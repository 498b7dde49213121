"""Names for hand-ins: one each, and none that two could be taken for."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from grader.batch.sources import identify
from grader.labs.kinds import network_lab


def test_told_apart_from_a_real_name(tmp_path: Path) -> None:
    """A name made to tell two apart is never one that a student has; case alone tells none."""
    sources = [
        tmp_path / folder / f"{student}.zip"
        for folder, student in [("a", "b1"), ("b", "B1"), ("a", "B1~2"), ("b", "b1~2")]
    ]
    names = [each.name for each in identify([*sources, *sources], network_lab())]
    assert sorted(names) == ["B1~2", "B1~3", "b1", "b1~2~2"]


ids = st.text("bB12~é", min_size=1, max_size=4)


@given(st.lists(ids, max_size=8))
def test_names_are_distinct(students: list[str]) -> None:
    """Whatever the ids, no two hand-ins get names that one file system could take for one."""
    sources = [Path(f"{place}") / f"{student}.zip" for place, student in enumerate(students)]
    found = identify(sources, network_lab())
    assert len({each.name.casefold() for each in found}) == len(students)
    assert sorted(each.student for each in found) == sorted(students)
