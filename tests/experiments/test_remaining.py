"""The estimate of what remains."""

from grader.experiments.parts import Pruning, Quantizing, Training
from grader.experiments.remaining import RemainingTime

TRAINING = Training(seed=0)
ROW = Quantizing(seed=0, row="D qint8", engine="fbgemm")
RETRAINED = Pruning(seed=0, way="with-rewinding", iteration=1)
QUICK = Pruning(seed=0, way="without-retraining", iteration=1)


def test_nothing_is_known_before_the_first_part() -> None:
    """None, not zero."""
    assert RemainingTime().seconds([TRAINING]) is None


def test_parts_of_a_kind_take_as_long() -> None:
    """An iteration that retrains takes as long as the training, one that does not far less."""
    remaining = RemainingTime()
    remaining.add(TRAINING, 60)
    assert remaining.seconds([RETRAINED, RETRAINED]) == 120
    remaining.add(QUICK, 2)
    remaining.add(RETRAINED, 80)
    assert remaining.seconds([TRAINING, QUICK]) == 72
    assert remaining.seconds([ROW]) == (70 + 2) / 2
    assert remaining.seconds([]) == 0
