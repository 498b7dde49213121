from pathlib import Path

import pytest

from grader.batch.shard import Shard
from tests.fake_stages import conditions, hand_in


@pytest.mark.parametrize("of", [1, 2, 7])
def test_each_hand_in_is_in_one_part(tmp_path: Path, of: int) -> None:
    """The parts together are the class, whatever the order and the names of the files are."""
    lab = conditions(tmp_path / "work").lab
    sources = [hand_in(tmp_path / "in", f"B{number}") for number in range(20)]
    parts = [Shard(number=each, of=of).of_class(sources, lab) for each in range(1, of + 1)]
    assert sorted(each for part in parts for each in part) == sorted(sources)
    backwards = [
        Shard(number=each, of=of).of_class(sources[::-1], lab) for each in range(1, of + 1)
    ]
    assert backwards == parts


def test_the_bytes_decide(tmp_path: Path) -> None:
    """The same bytes under another name are in the same part."""
    lab = conditions(tmp_path / "work").lab
    one, two = hand_in(tmp_path / "in", "B1"), tmp_path / "in" / "B2.zip"
    two.write_bytes(one.read_bytes())
    sizes = [len(Shard(number=each, of=5).of_class([one, two], lab)) for each in range(1, 6)]
    assert sorted(sizes) == [0, 0, 0, 0, 2]


def test_what_cannot_be_read_is_in_one_part(tmp_path: Path) -> None:
    """A machine must say that it cannot be read."""
    lab = conditions(tmp_path / "work").lab
    gone = tmp_path / "B1.zip"
    sizes = [len(Shard(number=each, of=3).of_class([gone], lab)) for each in range(1, 4)]
    assert sum(sizes) == 1
