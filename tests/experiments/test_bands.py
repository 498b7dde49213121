"""The ranges that ship with the project."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.experiments.bands import Bands, bands_of, inside, shipped_bands
from grader.experiments.exact import pruning
from grader.experiments.parts import WAYS
from grader.experiments.record import SeedResult, write_record
from grader.experiments.summary import Spread
from tests.experiments.results import finished
from tests.experiments.tiny import lab_experiment

LAB = lab_experiment()


def test_bands_come_back_from_the_disk(tmp_path: Path) -> None:
    """With the conditions of every seed, and without the rows that no engine gave."""
    made = bands_of(LAB, finished(LAB))
    write_record(tmp_path / "a-lab.json", made)
    assert shipped_bands(tmp_path) == (made,)
    assert [each.seed for each in made.conditions] == [0, 1, 2]
    assert [each.row for each in made.quantization] == ["float32", "D qint8", "D qint8"]
    assert made.pruning["with-rewinding"][0].accuracy.low == 0.97


def quick(result: SeedResult) -> SeedResult:
    """The same of a quick run."""
    return replace(result, conditions=replace(result.conditions, quick=True))


def short(result: SeedResult) -> SeedResult:
    """The same without the last iteration of one way."""
    return replace(result, pruning={**result.pruning, WAYS[0]: result.pruning[WAYS[0]][:-1]})


def test_only_a_whole_run_gives_bands() -> None:
    """Three seeds at least, all finished, none quick, of this network."""
    one, two, three = finished(LAB)
    for results, word in (
        ((one, two), "2 seeds"),
        ((one, two, quick(three)), "quick"),
        ((one, two, short(three)), "not finished"),
    ):
        with pytest.raises(GraderError, match=word):
            bands_of(LAB, results)
    other = LAB.model_copy(update={"hidden": (1024,)})
    with pytest.raises(GraderError, match="another network"):
        bands_of(other, finished(LAB))


@pytest.mark.parametrize(
    ("accuracy", "expected"),
    [(0.97, True), (0.951, True), (0.949, False), (0.999, True), (1.0, True), (0.5, False)],
)
def test_the_range_is_wider_than_the_three_seeds(accuracy: float, expected: bool) -> None:
    """By their spread on both sides."""
    assert inside(accuracy, Spread(mean=0.98, low=0.97, high=0.99)) is expected


def test_equal_seeds_still_leave_a_point() -> None:
    """Three seeds may agree by chance."""
    assert inside(0.961, Spread(mean=0.97, low=0.97, high=0.97))
    assert not inside(0.959, Spread(mean=0.97, low=0.97, high=0.97))


@pytest.mark.parametrize("bands", shipped_bands(), ids=lambda each: each.experiment.dataset)
def test_the_exact_parts_of_shipped_bands_are_derived_again(bands: Bands) -> None:
    """Each row is one of the experiment's; counts of weights are exact."""
    assert len(bands.conditions) >= 3
    assert not any(each.quick for each in bands.conditions)
    assert {each.row for each in bands.quantization} == set(bands.experiment.quantization)
    for rows in bands.pruning.values():
        steps = pruning(bands.experiment)
        assert [each.remaining for each in rows] == [each.remaining for each in steps]
