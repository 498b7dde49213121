"""How a student earns more points by the lab's formula, from the measurements."""

from grader.evidence import ids
from grader.evidence.accuracy import Rate
from grader.labs.network_lab import NetworkLab
from grader.report.class_row import formula_item, value
from grader.scoring.grade import JUDGES
from grader.scoring.next_point import FormulaInput, advice
from grader.types import Report


def judged(report: Report, lab: NetworkLab) -> Rate | None:
    """Return the accuracy by which the lab scores; None if it was not measured."""
    tried = [report.measurement(id) for id in JUDGES[lab.accuracy.judge]]
    return next((Rate.read(each) for each in tried if value(each) is not None), None)


def formula_advice(report: Report, lab: NetworkLab) -> tuple[str, ...]:
    """Return what gives the next point, in sentences; none without points by the formula."""
    item, found, counted = formula_item(report), judged(report, lab), report.measurement(ids.MFLOPS)
    if item is None or not item.terms or found is None or counted is None:
        return ()
    if found.correct is None or not found.total or counted.value is None:
        return ()
    standing = FormulaInput(mflops=counted.value, correct=found.correct, images=found.total)
    return advice(lab.score, standing)
