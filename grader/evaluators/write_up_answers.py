"""Looks for an answer that the lab asks for; a person judges it."""

from grader.errors import Skip
from grader.evaluators.opened_write_up import OpenedWriteUp
from grader.evidence.write_up import PassageEvidence, RequiredAnswerEvidence
from grader.labs.write_up_answer import WriteUpAnswer
from grader.types import Finding
from grader.writeup.answers import FoundAnswer, Where, find_answers
from grader.writeup.document import pages_in_words

PASSAGES_AT_MOST = 5  # of an answer; a person finds the others beside them


def measure_answer(opened: OpenedWriteUp, answer: WriteUpAnswer) -> Finding:
    """The number of places where the answer may be.

    Raises `Skip` if there is none: it may be in a picture, or in words that nobody expected.
    """
    (found,) = find_answers([answer], opened.parts)
    evidence = RequiredAnswerEvidence(
        state=found.where.value, passages=_passages(opened, found)
    ).json()
    if found.where is Where.FOUND:
        return Finding(value=float(len(found.places)), unit="places", evidence=evidence)
    if found.where is Where.ONLY_THE_QUESTION:
        raise Skip(
            f"Only the question has the searched words, on page {found.question_page}.",
            help="An answer in other words counts: a person reads it. Without an answer, write one "
            "below the question.",
            evidence=evidence,
        )
    pictures = opened.document.pages_with_large_pictures
    where = f"; it may be in a picture on {pages_in_words(pictures)}" if pictures else ""
    raise Skip(
        f"Not found{where}.",
        help="An answer in other words or in a picture counts: a person reads it. Without an "
        "answer, write one.",
        evidence=evidence,
    )


def _passages(opened: OpenedWriteUp, found: FoundAnswer) -> tuple[PassageEvidence, ...]:
    return tuple(
        PassageEvidence(
            page=each.page,
            quote=each.quote,
            boxes=opened.texts[each.page].boxes(each.quote),
        )
        for each in found.places[:PASSAGES_AT_MOST]
    )
