"""Compares a notebook's claims about its network with the measurements."""

from collections.abc import Iterator

from grader import text
from grader.evidence import ids
from grader.evidence.notebook import Claim, NotebookEvidence
from grader.report.claim_causes import LAST, accuracy_cause, mflops_cause
from grader.report.claim_facts import ClaimFacts, Written
from grader.report.class_row import formula_item
from grader.report.score_claim import score_cause
from grader.types import Report

_LONG = 1e6  # a number of operations, shown with commas


def claimed(report: Report) -> tuple[str, ...]:
    """Return a line for each claim in the notebook about something that was measured."""
    claims = NotebookEvidence.read(report.measurement(ids.NOTEBOOK)).claims
    facts = ClaimFacts.of(report)
    return tuple(line for each in claims for line in _line(each, claims, report, facts))


def _line(
    claim: Claim, claims: tuple[Claim, ...], report: Report, facts: ClaimFacts
) -> Iterator[str]:
    found = _compared(claim, claims, report, facts)
    if found:
        shown = f"{claim.value:,.0f}" if claim.value >= _LONG else f"{claim.value:.8g}"
        sign = "%" if claim.percent else ""
        yield f"cell {claim.cell} claims {claim.what} {shown}{sign}; {found}"


def _compared(
    claim: Claim, claims: tuple[Claim, ...], report: Report, facts: ClaimFacts
) -> str | None:
    written = Written.of(claim)
    if claim.what == "MFLOPs" and facts.mflops:
        return f"measured {text.mflops(facts.mflops)}: {mflops_cause(written, facts)}"
    if claim.what == "accuracy" and facts.accuracy is not None:
        return f"measured {text.percent(facts.accuracy.value)}: {_accuracy(claim, facts)}"
    item = formula_item(report)
    if claim.what == "score" and item is not None and item.earned is not None:
        why = score_cause(written, item, facts, claims)
        return f"the formula gives {text.points(item.earned)}" + (f": {why}" if why else "")
    return None


def _accuracy(claim: Claim, facts: ClaimFacts) -> str:
    """Return the cause, and how the number is written if that is unusual."""
    written = Written.of(claim)
    if not claim.percent and claim.value > 1:
        percent = accuracy_cause(written.times(0.01), facts) or f"{LAST}, or of other images"
        return f"{percent}, written in percent instead of as a fraction"
    cause = accuracy_cause(written.times(0.01) if claim.percent else written, facts)
    if cause is None and claim.percent and (cause := accuracy_cause(written, facts)):
        return f"{cause}, a fraction written with a percent sign"
    return cause or f"{LAST}, or of other images"
