"""Evidence of the accuracies."""

from dataclasses import dataclass
from typing import Self

from grader.evidence.record import Record
from grader.types import Measurement


@dataclass(frozen=True, slots=True, kw_only=True)
class TallyEvidence(Record):
    """The counts behind every accuracy that the grader measures."""

    correct: int | None
    """images classified correctly"""
    total: int | None
    """images classified"""
    sample: bool | None
    """true if only a part of the test set was used"""
    low: float | None
    """the lower bound of the accuracy's 95 % Wilson interval, a fraction"""
    high: float | None
    """its upper bound"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointEvidence(Record):
    """Only of PyTorch's accuracy."""

    correct_9984: int | None
    """images classified correctly among those that the notebook's loader yields (it drops the last batch); `null` for a sample"""  # noqa: E501
    total_9984: int | None
    """images that the notebook's loader yields; `null` for a sample"""
    decided_again: int | None
    """images whose top-two margin was below `guard`, or all; the eager network classified them again"""  # noqa: E501
    guard: float | None
    """a difference of logits; `null` if the eager network classified all images"""
    confusion: tuple[tuple[int, ...], ...]
    """a list of counts for each class; rows are true classes, columns are predicted classes"""
    misclassified: tuple[tuple[int, int], ...]
    """the first twelve misclassified images: for each, its index in the test set (or in the sample), from 0, and the predicted class"""  # noqa: E501
    all_because: str | None = None
    """why the eager network classified all images; only if it did"""

    @property
    def matrix(self) -> tuple[tuple[int, ...], ...]:
        """The confusion matrix; empty if it is not square."""
        side = len(self.confusion)
        return self.confusion if all(len(row) == side for row in self.confusion) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramEvidence(Record):
    """Only of a program's accuracy."""

    agreement: float | None
    """the fraction of the images with the same predicted class as in `accuracy.pytorch`"""
    program_bytes: int | None = None
    """the size of the program in bytes; only for the program that the grader exported"""
    converted_from: str | None = None
    """the SHA-256 of the handed-in file; only if it has the form of 2024 and was brought to today's form to be run"""  # noqa: E501


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """An accuracy: `value`, `low` and `high` (95 % interval) are fractions.

    `sample` is true if only some of the test images were classified.
    """

    value: float
    correct: int | None
    total: int | None
    low: float | None
    high: float | None
    sample: bool

    @classmethod
    def read(cls, measurement: Measurement | None) -> Self | None:
        """The accuracy in a measurement; None if it has none.

        A measurement that FAILED because of its value (not the same network) still has the value,
        and the reports still show it.
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
