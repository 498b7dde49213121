from dataclasses import replace

import pytest

from grader.errors import GraderError
from reference import recipe
from reference.network import Widths, build, mflops
from reference.recipe import RECIPE, START, before, fingerprint, stage_named


def test_every_stage_begins_where_an_earlier_one_ended() -> None:
    """Names are unique, each stage's start and teacher come before it, the last is at 224."""
    names = [stage.name for stage in RECIPE]
    assert len(set(names)) == len(names)
    for position, stage in enumerate(RECIPE[1:], start=1):
        previous = before(stage)
        assert previous is not None
        assert previous.name in names[:position]
        assert stage.teacher is None or stage.teacher in names[:position]
    assert before(RECIPE[0]) is None
    assert RECIPE[-1].resolution == 224


def test_pruning_targets_fall() -> None:
    """Each pruning stage asks for less than the one before, beginning below the start's cost."""
    targets = [stage.target_mflops for stage in RECIPE if stage.target_mflops is not None]
    assert targets == sorted(targets, reverse=True)
    assert targets[0] < mflops(build(START))


def test_fingerprint_tells_recipes_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """A change to a stage changes its fingerprint and those after it, not those before."""
    prints = [fingerprint(stage) for stage in RECIPE]
    changed = (RECIPE[0], replace(RECIPE[1], rate=RECIPE[1].rate * 2), *RECIPE[2:])
    monkeypatch.setattr(recipe, "RECIPE", changed)
    others = [fingerprint(stage) for stage in changed]
    assert others[0] == prints[0]
    assert not set(others[1:]) & set(prints)


def test_unknown_stage_is_answered_with_the_names() -> None:
    """A wrong name is refused with the list of right ones."""
    with pytest.raises(GraderError, match="no stage") as caught:
        stage_named("warm")
    assert RECIPE[0].name in str(caught.value.help)


def test_start_is_a_whole_mobilenet() -> None:
    """The start has 17 blocks and survives its lists."""
    assert len(START.blocks) == 17
    assert Widths.from_lists(START.as_lists()) == START
