"""What the check of a question found, as sentences for the person who marks."""

from collections.abc import Iterator

from grader import text
from grader.evidence.question import (
    AnswerEvidence,
    FunctionEvidence,
    NumberEvidence,
    PropertiesEvidence,
    SensitivityEvidence,
    SparsityDictEvidence,
)
from grader.text import whole
from grader.types import Measurement

_NOT_NEWS = ("A person marks it.", "Marked by a person.")  # this is what the card is for
_HOW = {"read": "read from the code", "run": "found by running the code"}


def sentences(measured: Measurement) -> tuple[str, ...]:
    """Return the reason, and what is in the evidence beside the answer and its properties.

    The help is left out: it is for the student. The sentences may quote the hand-in.
    """
    return (*_of_measurement(measured), *_of_evidence(measured))


def ran_other_code(measured: Measurement) -> str:
    """Return the code of a function that was run, if it is not the answer itself; else nothing."""
    source = FunctionEvidence.read(measured).source or ""
    answer = AnswerEvidence.read(measured).answer or ""
    return "" if source.strip() in answer or answer.strip() in source else source


def _of_measurement(measured: Measurement) -> Iterator[str]:
    reason = measured.reason or ""
    for each in _NOT_NEWS:
        reason = reason.replace(each, "").strip()
    broken = PropertiesEvidence.read(measured).broken  # the reason quotes them, as the card does
    if reason and not broken:
        yield reason
    if measured.expected:
        yield f"Expected: {measured.expected}"
    if measured.actual:
        yield f"Found: {measured.actual}"
    if measured.review:
        yield f"To look at: {measured.review}"


def _of_evidence(measured: Measurement) -> Iterator[str]:
    calls = FunctionEvidence.read(measured).calls
    if calls is not None:
        yield (
            "The function was called once."
            if calls == 1
            else (f"The function was called {calls:,} times.")
        )
    yield from _number(NumberEvidence.read(measured))
    yield from _sparsities(SparsityDictEvidence.read(measured))
    yield from _sensitivity(SensitivityEvidence.read(measured), measured)


def _number(found: NumberEvidence) -> Iterator[str]:
    if found.value is not None:
        how = _HOW.get(found.how or "")
        yield f"The number is {found.value:g}, {how}." if how else f"The number is {found.value:g}."
    if found.left is not None:
        yield "It leaves one weight." if found.left == 1 else f"It leaves {found.left:,} weights."


def _sparsities(found: SparsityDictEvidence) -> Iterator[str]:
    if found.size_ratio is not None:
        share = text.percent(found.size_ratio)
        yield f"The sparse network has {share} of the size of the dense one."
    if found.printed_size_ratio is not None:
        yield f"The notebook printed {text.percent(found.printed_size_ratio)} for its size."
    if found.printed_accuracy is not None:
        accuracy = text.percent(found.printed_accuracy)
        cell = found.printed_in_cell
        yield (
            f"The notebook printed an accuracy of {accuracy}."
            if cell is None
            else f"The notebook printed an accuracy of {accuracy} in cell {whole(cell)}."
        )


def _sensitivity(found: SensitivityEvidence, measured: Measurement) -> Iterator[str]:
    if found.most_sensitive is None:
        if "most_sensitive" in measured.evidence:
            yield "The scan in the notebook cannot be read."
        return
    mean, cell = found.mean_accuracy, found.scanned_in_cell
    scan = "the scan" if cell is None else f"the scan of cell {whole(cell)}"
    lowest = "" if mean is None else f" of {text.percent(mean)}"
    yield f"In {scan}, {found.most_sensitive} has the lowest mean accuracy{lowest}."
    if found.named is not None:
        yield "The answer names it." if found.named else "The answer does not name it."
