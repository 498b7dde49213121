"""The cause of the difference between a claimed number and the measured one."""

from collections.abc import Iterator

from grader import text
from grader.report.claim_facts import ClaimFacts, Written

PLACEHOLDER = "the claim is a placeholder"
LAST = "no other cause fits: perhaps of another network"
OTHER_MACHINE = 2  # images: another machine's arithmetic moves no more of 10,000

_ALIKE = 0.001  # relative difference between two implementations of one counting rule
_LESS = (0.84, 0.96)  # of the lab's count: other counters, whose number is not known here
_EXACT = 1e-4  # a claim with this unit or a smaller one is not called rounded
_UNITS = ((1.0, ""), (1e-6, ", in operations instead of millions"), (1e3, ", in billions"))


def mflops_cause(claim: Written, facts: ClaimFacts) -> str:
    """Return how the claimed MFLOPs agree with the measured ones, or why they may differ."""
    return PLACEHOLDER if claim.value == 0 else next(_mflops_causes(claim, facts))


def _mflops_causes(claim: Written, facts: ClaimFacts) -> Iterator[str]:
    """Yield the causes that fit, the most likely first."""
    assert facts.mflops is not None
    for factor, unit in _UNITS:
        if claim.times(factor).shows(facts.mflops):
            rounded = "" if claim.unit * factor <= _EXACT else ", rounded"
            yield f"the same{rounded}{unit}"
    for factor, unit in _UNITS:
        for name, theirs in facts.counters.items():
            if claim.times(factor).near(theirs, theirs * _ALIKE):
                yield f"another counter: {name} gives {text.mflops(theirs)}{unit}"
    if facts.unpruned and claim.near(facts.unpruned, facts.unpruned * _ALIKE):
        yield "the number of the unpruned network"
    for counted in (facts.mflops, *facts.counters.values()):
        if claim.near(2 * counted, 2 * counted * _ALIKE):
            yield "another counter: each multiply-add is counted as two operations"
    low, high = _LESS
    if low <= claim.value / facts.mflops <= high:
        yield "perhaps another counter: torchprofile and fvcore count this much less"
    yield LAST


def accuracy_cause(claim: Written, facts: ClaimFacts) -> str | None:
    """Return how the claimed fraction agrees with the measured one; None if it does not."""
    return PLACEHOLDER if claim.value == 0 else next(_accuracy_causes(claim, facts), None)


def _accuracy_causes(claim: Written, facts: ClaimFacts) -> Iterator[str]:
    found = facts.accuracy
    assert found is not None
    if found.sample:
        if found.low is None or found.high is None:
            return
        if found.low - claim.unit < claim.value < found.high + claim.unit:
            yield "possible: within the interval of the sample that was measured"
        return
    images = f"{facts.notebook_images:,}" if facts.notebook_images else ""
    if claim.shows(found.value):
        yield "the same" if claim.unit <= _EXACT * 1.01 else "the same, rounded"
    if facts.notebook_accuracy is not None and claim.shows(facts.notebook_accuracy):
        yield f"the same on the notebook's {images} images"
    for rate, total in (
        (found.value, found.total),
        (facts.notebook_accuracy, facts.notebook_images),
    ):
        if rate is not None and total and claim.near(rate, OTHER_MACHINE / total):
            yield f"the same but for at most two of {total:,} images: another machine's arithmetic"
