"""Compares a notebook's claims about its network with the measurements."""

from collections.abc import Iterator

from grader import text
from grader.evidence import ids
from grader.evidence.accuracy import CheckpointEvidence, Rate
from grader.evidence.notebook import Claim, NotebookEvidence
from grader.report.class_row import formula_item, value
from grader.types import Report

_ROUNDED = 0.005  # relative difference: 43.4 for 43.396277
_OTHER_COUNTERS = (0.84, 0.96)  # torchprofile and fvcore count 5 to 16 % less
_SAME = 5e-5  # difference of fractions: half of the last digit of a printed percentage


def claimed(report: Report) -> tuple[str, ...]:
    """Return a line for each claim in the notebook about something that was measured."""
    claims = NotebookEvidence.read(report.measurement(ids.NOTEBOOK)).claims
    return tuple(line for each in claims for line in _line(each, report))


def _line(claim: Claim, report: Report) -> Iterator[str]:
    if claim.what not in _MEASURED:
        return
    sign = "%" if claim.percent else ""
    measured = _MEASURED[claim.what](claim.value, bool(sign), report)
    if measured:
        yield f"cell {claim.cell} claims {claim.what} {claim.value:g}{sign}; {measured}"


def _mflops(number: float, percent: bool, report: Report) -> str | None:  # noqa: ARG001
    measured = value(report.measurement(ids.MFLOPS))
    if not measured:
        return None
    low, high = _OTHER_COUNTERS
    cause = "perhaps of another network, or by another counter"
    if number == 0:
        cause = "the claim is a placeholder"
    elif abs(number / measured - 1) <= _ROUNDED:
        cause = "the same, rounded"
    elif low <= number / measured <= high:
        cause = "torchprofile and fvcore count this much less"
    return f"measured {text.mflops(measured)}: {cause}"


def _accuracy(number: float, percent: bool, report: Report) -> str | None:
    measured = report.measurement(ids.ACCURACY)
    found = Rate.read(measured)
    if found is None:
        return None
    share = number / 100 if percent or number > 1 else number
    counted = CheckpointEvidence.read(measured)
    correct, total = counted.correct_9984, counted.total_9984
    cause = "perhaps of another network, or of other images"
    if number == 0:
        cause = "the claim is a placeholder"
    elif abs(share - found.value) <= _SAME:
        cause = "the same"
    elif correct is not None and total and abs(share - correct / total) <= _SAME:
        cause = f"the same on the notebook's {total:,} images"
    if number > 1 and not percent:
        cause += ", written in percent instead of as a fraction"
    return f"measured {text.percent(found.value)}: {cause}"


def _score(number: float, percent: bool, report: Report) -> str | None:  # noqa: ARG001
    item = formula_item(report)
    if item is None or item.earned is None:
        return None
    same = abs(number - item.earned) <= _ROUNDED * max(1.0, item.earned)
    return f"the formula gives {text.points(item.earned)}" + (": the same" if same else "")


_MEASURED = {"MFLOPs": _mflops, "accuracy": _accuracy, "score": _score}
