"""What a notebook claims of its network beside what was measured, and why the two may differ."""

from collections.abc import Iterator

from grader import text
from grader.evidence import ids
from grader.evidence.accuracy import CheckpointEvidence, Rate
from grader.evidence.notebook import Claim, NotebookEvidence
from grader.report.row import formula_item, value
from grader.types import Report

_ROUNDED = 0.005  # relative: 43.4 for 43.396277
_OTHER_COUNTERS = (0.84, 0.96)  # torchprofile and fvcore give 5 to 16 % less
_SAME = 5e-5  # of accuracies as fractions: half of the last digit of a printed percentage


def claimed(report: Report) -> tuple[str, ...]:
    """A line for each claim that the notebook makes."""
    claims = NotebookEvidence.read(report.measurement(ids.NOTEBOOK)).claims
    return tuple(line for each in claims for line in _line(each, report))


def _line(claim: Claim, report: Report) -> Iterator[str]:
    if claim.what not in _MEASURED:
        return
    sign = "%" if claim.percent else ""
    measured = _MEASURED[claim.what](claim.value, bool(sign), report)
    if measured:
        yield f"cell {claim.cell} says {claim.what} {claim.value:g}{sign}; {measured}"


def _mflops(said: float, percent: bool, report: Report) -> str | None:  # noqa: ARG001
    measured = value(report.measurement(ids.MFLOPS))
    if not measured:
        return None
    low, high = _OTHER_COUNTERS
    cause = "another network, or another counter"
    if said == 0:
        cause = "a placeholder left in"
    elif abs(said / measured - 1) <= _ROUNDED:
        cause = "the same, as rounded"
    elif low <= said / measured <= high:
        cause = "torchprofile or fvcore count so"
    return f"measured {text.mflops(measured)}: {cause}"


def _accuracy(said: float, percent: bool, report: Report) -> str | None:
    measured = report.measurement(ids.ACCURACY)
    found = Rate.read(measured)
    if found is None:
        return None
    share = said / 100 if percent or said > 1 else said
    counted = CheckpointEvidence.read(measured)
    correct, total = counted.correct_9984, counted.total_9984
    cause = "of another network, or of other images"
    if said == 0:
        cause = "a placeholder left in"
    elif abs(share - found.value) <= _SAME:
        cause = "the same"
    elif correct is not None and total and abs(share - correct / total) <= _SAME:
        cause = f"the same of the notebook's {total:,} images"
    if said > 1 and not percent:
        cause += ", typed in percent where a fraction is asked for"
    return f"measured {text.percent(found.value)}: {cause}"


def _score(said: float, percent: bool, report: Report) -> str | None:  # noqa: ARG001
    item = formula_item(report)
    if item is None or item.earned is None:
        return None
    same = abs(said - item.earned) <= _ROUNDED * max(1.0, item.earned)
    return f"the formula gives {text.points(item.earned)}" + (": the same" if same else "")


_MEASURED = {"MFLOPs": _mflops, "accuracy": _accuracy, "score": _score}
