"""A claim as it is written, and the measurements with which claims are compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from grader.evidence import ids
from grader.evidence.accuracy import CheckpointEvidence, Rate
from grader.evidence.mflops import MflopsEvidence
from grader.evidence.notebook import Claim
from grader.report.class_row import value
from grader.types import Report

_DIGITS = 4  # of a fraction in a report of a grader that did not store the digits
_NOISE = 1e-9  # relative difference of the last bit

# Other counters: the multiply-adds of convolutions and the Linear, and this many operations for
# each output of a batch norm. Torch-Pruning counts two of these, and the activations.
_COUNTERS: Mapping[str, int] = {
    "a counter of convolutions and the Linear alone (older torchprofile, ptflops)": 0,
    "torchprofile": 1,
    "fvcore": 2,
    "thop": 4,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A number, and `unit`, the value of one step of its last written digit."""

    value: float
    unit: float

    @classmethod
    def of(cls, claim: Claim) -> Self:
        """Return the number that a claim has."""
        decimals = claim.decimals
        if decimals is None:
            digits = len(f"{claim.value:.12g}".partition(".")[2])
            decimals = max(digits, _DIGITS if claim.value <= 1 else 0)
        return cls(value=claim.value, unit=10.0**-decimals)

    def times(self, factor: float) -> "Written":
        """Return the number in a unit that is smaller by `factor`."""
        return Written(value=self.value * factor, unit=self.unit * factor)

    def shows(self, number: float) -> bool:
        """True if `number`, rounded or cut to the written digits, is this."""
        return abs(self.value - number) < self.unit * (1 - _NOISE) + _NOISE * abs(number)

    def near(self, number: float, most: float) -> bool:
        """True if this is the rounded value of a number at most `most` from `number`."""
        return abs(self.value - number) <= self.unit / 2 + most + _NOISE


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFacts:
    """What was measured; a field is None if it was not, or if an older grader did not store it.

    `mflops` are in millions. `counters` has, for each other counter, its number for this network,
    in millions. `notebook_accuracy` is the fraction of the `notebook_images` that the notebook's
    loader yields.
    """

    mflops: float | None
    unpruned: float | None
    counters: Mapping[str, float]
    accuracy: Rate | None
    notebook_accuracy: float | None
    notebook_images: int | None

    @classmethod
    def of(cls, report: Report) -> Self:
        """Return the facts in a report."""
        counted = MflopsEvidence.read(report.measurement(ids.MFLOPS))
        adds, outputs = counted.multiply_adds, counted.batch_norm_outputs
        known = adds is not None and outputs is not None
        checkpoint = CheckpointEvidence.read(report.measurement(ids.ACCURACY))
        correct, total = checkpoint.correct_9984, checkpoint.total_9984
        return cls(
            mflops=value(report.measurement(ids.MFLOPS)),
            unpruned=counted.unpruned_mflops,
            counters={
                name: ((adds or 0) + times * (outputs or 0)) / 1e6
                for name, times in (_COUNTERS.items() if known else ())
            },
            accuracy=Rate.read(report.measurement(ids.ACCURACY)),
            notebook_accuracy=correct / total if correct is not None and total else None,
            notebook_images=total,
        )
