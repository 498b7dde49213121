"""The cause of the difference between a claimed score and the formula's points."""

from collections.abc import Iterator, Mapping

from grader.evidence.notebook import Claim
from grader.report.claim_causes import LAST, OTHER_MACHINE, PLACEHOLDER
from grader.report.claim_facts import ClaimFacts, Written
from grader.scoring.formula import Formula, stored_formula
from grader.types import GradeItem


def score_cause(
    claim: Written, item: GradeItem, facts: ClaimFacts, claims: tuple[Claim, ...]
) -> str | None:
    """Return how the claimed score agrees with the item's points, or why it may differ.

    `claims` are the notebook's other claims, which may be what the student typed in. Return None if
    the formula, the MFLOPs or the accuracy are not known.
    """
    if item.earned is not None and claim.shows(item.earned):
        return "the same"
    if claim.value == 0:
        return PLACEHOLDER
    formula = stored_formula(item.terms, item.possible)
    if formula is None or facts.mflops is None or facts.accuracy is None:
        return None
    return next(_causes(claim, formula, facts, claims), LAST)


def _causes(
    claim: Written, formula: Formula, facts: ClaimFacts, claims: tuple[Claim, ...]
) -> Iterator[str]:
    """Yield the inputs for which the formula gives the claimed score, the most likely first."""
    flops, rates = _flops(facts, claims), _rates(facts, claims)
    for named, millions in flops.items():
        for named_rate, fraction in rates.items():
            if claim.shows(formula.points(millions, fraction)):
                causes = " and ".join(each for each in (named, named_rate) if each)
                yield f"the same with {causes}" if causes else "the same without the floor"
    found, mflops = facts.accuracy, facts.mflops
    assert found is not None
    assert mflops is not None
    if found.sample and found.low is not None and found.high is not None:
        low, high = (formula.points(mflops, each) for each in (found.low, found.high))
        if low - claim.unit < claim.value < high + claim.unit:
            yield "possible: within the interval of the sample that was measured"
    for rate, total in (
        (found.value, found.total),
        (facts.notebook_accuracy, facts.notebook_images),
    ):
        if rate is None or not total or found.sample:
            continue
        step = formula.factor * formula.possible * OTHER_MACHINE / total
        if claim.near(formula.points(mflops, rate), step):
            yield f"the same but for at most two of {total:,} images: another machine's arithmetic"


def _flops(facts: ClaimFacts, claims: tuple[Claim, ...]) -> Mapping[str, float]:
    assert facts.mflops is not None
    counters = {f"the MFLOPs of {name}": each for name, each in facts.counters.items()}
    claimed = {
        f"the MFLOPs that cell {each.cell} claims": each.value
        for each in claims
        if each.what == "MFLOPs" and each.value
    }
    return {"": facts.mflops, **counters, **claimed}


def _rates(facts: ClaimFacts, claims: tuple[Claim, ...]) -> Mapping[str, float]:
    assert facts.accuracy is not None
    rates = {"": facts.accuracy.value}
    if facts.notebook_accuracy is not None:
        images = f"{facts.notebook_images:,}" if facts.notebook_images else ""
        rates[f"the accuracy on the notebook's {images} images"] = facts.notebook_accuracy
    for each in claims:
        if each.what == "accuracy" and each.value:
            fraction = each.value / 100 if each.percent or each.value > 1 else each.value
            rates[f"the accuracy that cell {each.cell} claims"] = fraction
    rates["a percentage typed for the fraction"] = 100 * facts.accuracy.value
    return rates
