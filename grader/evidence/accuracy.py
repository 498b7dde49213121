"""How many images were answered correctly, and by what."""

from dataclasses import dataclass
from typing import Self

from grader.evidence.record import Record
from grader.types import Measurement


@dataclass(frozen=True, slots=True, kw_only=True)
class TallyEvidence(Record):
    """What every accuracy that we measure rests on."""

    correct: int | None
    """images that were answered correctly"""
    total: int | None
    """images that were answered"""
    sample: bool | None
    """whether these are not all images of the test set"""
    low: float | None
    """the lower bound of the accuracy's 95 % Wilson interval, a fraction"""
    high: float | None
    """its upper bound"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointEvidence(Record):
    """What is known of PyTorch's accuracy alone."""

    correct_9984: int | None
    """images answered correctly as the notebook's loader counts, which drops its last batch; `null` for a sample"""  # noqa: E501
    total_9984: int | None
    """images that the notebook's loader has; `null` for a sample"""
    decided_again: int | None
    """images whose top-two margin was below `guard`, so that the eager network decided"""
    guard: float | None
    """a difference of logits; `null` where the eager network decided all"""
    confusion: tuple[tuple[int, ...], ...]
    """a list of counts for each class; rows are true classes, columns answers"""
    misclassified: tuple[tuple[int, int], ...]
    """the first twelve images that were answered wrongly, each as its number in the test set (or in the sample), from 0, and the class answered"""  # noqa: E501

    @property
    def matrix(self) -> tuple[tuple[int, ...], ...]:
        """The confusion matrix; empty where it is no square."""
        side = len(self.confusion)
        return self.confusion if all(len(row) == side for row in self.confusion) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramEvidence(Record):
    """What is known of a program's accuracy alone."""

    agreement: float | None
    """the fraction of the images with the same answer as `accuracy.pytorch`"""
    program_bytes: int | None = None
    """the size of the program; of the one that the grader exported only"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """An accuracy: `value`, `low` and `high` (95 % interval) are fractions.

    `sample` says that only some of the test images were looked at.
    """

    value: float
    correct: int | None
    total: int | None
    low: float | None
    high: float | None
    sample: bool

    @classmethod
    def read(cls, measurement: Measurement | None) -> Self | None:
        """The accuracy in a measurement, if there is one.

        One that FAILED for its value (not the same network) still has it, and it is still shown.
        """
        if measurement is None or measurement.value is None:
            return None
        tally = TallyEvidence.read(measurement)
        return cls(
            value=measurement.value,
            correct=tally.correct,
            total=tally.total,
            low=tally.low,
            high=tally.high,
            sample=tally.sample is True,
        )
