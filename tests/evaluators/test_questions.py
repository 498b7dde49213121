"""One question of a notebook, whose check answers at once."""

from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from grader.errors import Fault, Skip
from grader.evaluators import unpacked
from grader.evaluators.questions import TEXT_KEPT, measure_question
from grader.evidence.question import Broken, NumberEvidence
from grader.labs.question import Question
from grader.notebook.checks import CHECKS, Asked, Judgement
from grader.notebook.locate import Located
from grader.types import Finding, Json
from tests.notebook.books import book, encoded, opened
from tests.notebook.records import cell, notebook
from tests.report.examples import LAB

QUESTIONS = {each.id: each for each in LAB.questions}
SEEN = NumberEvidence(value=7.0, how="read", left=3)


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Finding]:
    """Asks about a question that was found like this, its check ending as `check` does."""

    def ask(
        id: str,
        state: str,
        text: str = "",
        check: Callable[[Asked], Judgement] | None = None,
    ) -> Finding:
        question = QUESTIONS[id]
        located = Located(question=question, state=state, cell=4, text=text)  # type: ignore[arg-type]  # one of its words
        others = [
            Located(question=each, state="empty", cell=1) for each in LAB.questions if each.id != id
        ]
        hand_in = opened(tmp_path, encoded(book()))
        vars(hand_in)["located"] = (*others, located)
        vars(hand_in)["notebook"] = notebook(cell("x"))
        if check is not None:
            monkeypatch.setitem(cast("dict[str, object]", CHECKS), question.kind, check)
        return measure_question(hand_in, question)

    return ask


def held(question: Question, *broken: str, review: str | None = None) -> Judgement:
    """A judgement by which all properties but some hold."""
    return Judgement(
        held=tuple(each for each in question.properties if each not in broken),
        broken=tuple(Broken(property=each, why=f"{each} is wrong.") for each in broken),
        seen=SEEN,
        review=review,
    )


def broken(evidence: Json) -> list[Json]:
    """The properties that do not hold, by name."""
    assert isinstance(evidence, list)
    return [each["property"] for each in evidence if isinstance(each, dict)]


def test_properties_that_all_hold_are_counted(asked: Callable[..., Finding]) -> None:
    """With what was seen, and what a person should look at."""
    function = QUESTIONS["2"]
    found = asked("2", "answered", "code", lambda _: held(function, review="Look."))
    assert (found.value, found.unit) == (len(function.properties), "properties")
    assert found.review == "Look."
    assert found.evidence["held"] == list(function.properties)
    assert (found.evidence["state"], found.evidence["cell"]) == ("answered", 4)
    assert found.evidence["value"] == 7.0


def test_a_property_that_does_not_hold_is_a_fault(asked: Callable[..., Finding]) -> None:
    """Two reasons are told, and the evidence has all, beside what holds."""
    function = QUESTIONS["2"]
    wrong = tuple(function.properties)[:3]
    with pytest.raises(Fault) as caught:
        asked("2", "answered", "code", lambda _: held(function, *wrong))
    assert caught.value.reason == f"{wrong[0]} is wrong. {wrong[1]} is wrong."
    assert caught.value.help
    assert broken(caught.value.evidence["broken"]) == list(wrong)
    assert caught.value.evidence["held"] == list(function.properties)[3:]


@pytest.mark.parametrize("id", ["1.1", "2"])
def test_an_answer_that_is_not_found_is_no_zero(asked: Callable[..., Finding], id: str) -> None:
    """Of a text and of code: a person looks."""
    with pytest.raises(Skip) as caught:
        asked(id, "not found")
    assert caught.value.evidence == {"state": "not found", "cell": 4}
    assert caught.value.help


@pytest.mark.parametrize("state", ["empty", "as given"])
def test_code_that_nobody_wrote_has_no_property(asked: Callable[..., Finding], state: str) -> None:
    """Its check is not asked."""
    with pytest.raises(Fault, match=state) as caught:
        asked("2", state, check=lambda _: pytest.fail("asked"))
    assert broken(caught.value.evidence["broken"]) == list(QUESTIONS["2"].properties)


@pytest.mark.parametrize(("state", "said"), [("answered", False), ("empty", True)])
def test_a_text_is_a_persons(asked: Callable[..., Finding], state: str, said: bool) -> None:
    """What was answered is kept; what was not is said."""
    with pytest.raises(Skip) as caught:
        asked("1.1", state, "near zero")
    assert (state in caught.value.reason) == said
    assert caught.value.evidence["answer"] == "near zero"


def test_a_long_answer_is_cut_and_counted(asked: Callable[..., Finding]) -> None:
    """The notebook's page has the whole."""
    with pytest.raises(Skip) as caught:
        asked("1.1", "answered", "x" * (TEXT_KEPT + 5))
    assert caught.value.evidence["answer"] == "x" * TEXT_KEPT
    assert caught.value.evidence["answer_left_out"] == 5


def test_what_a_check_raises_keeps_what_is_known_of_the_answer(
    asked: Callable[..., Finding],
) -> None:
    """Code that does not run has no property; what may not be run here is for a person."""

    def fault(_asked: Asked) -> Judgement:
        raise Fault("It does not run.", help="Run it.")

    def skip(_asked: Asked) -> Judgement:
        raise Skip("It may not be run here.", evidence={"own": 1})

    with pytest.raises(Fault, match="does not run") as failed:
        asked("2", "answered", "code", fault)
    assert broken(failed.value.evidence["broken"]) == list(QUESTIONS["2"].properties)
    assert failed.value.evidence["answer"] == "code"
    with pytest.raises(Skip, match="may not be run") as skipped:
        asked("2", "answered", "code", skip)
    assert (skipped.value.evidence["answer"], skipped.value.evidence["own"]) == ("code", 1)


def test_the_check_is_given_the_answer_and_where_its_code_may_run(
    asked: Callable[..., Finding],
) -> None:
    """Within the lab's limits."""
    given: list[Asked] = []

    def check(asked_: Asked) -> Judgement:
        given.append(asked_)
        return held(asked_.question)

    asked("2", "answered", "code", check)
    assert (given[0].question.id, given[0].located.text) == ("2", "code")
    assert given[0].sandbox.limits.cpu_seconds == LAB.limits.notebook_seconds


def test_a_notebook_that_cannot_be_read_has_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What its reader raises goes on."""

    def read(*_: object) -> object:
        raise Fault("It is no notebook.", help="Save it again.")

    monkeypatch.setattr(unpacked, "read_notebook", read)
    hand_in = opened(tmp_path, b"x")
    with pytest.raises(Fault, match="no notebook"):
        measure_question(hand_in, QUESTIONS["1.1"])
