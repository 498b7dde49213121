import pytest

from grader.review.sentences import ran_other_code, sentences
from grader.types import Json, Measurement, Status


def measured(reason: str | None = None, **evidence: Json) -> Measurement:
    """A question's measurement."""
    status = Status.SKIPPED if reason else Status.PASSED
    return Measurement(id="question.3", status=status, reason=reason, evidence=evidence)


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        ({"value": 0.6, "how": "read", "left": 10}, ("0.6", "code", "10 weights")),
        ({"value": 0.96, "how": "run", "left": 1}, ("0.96", "running", "one weight")),
        ({"calls": 1}, ("once",)),
        ({"calls": 1200}, ("1,200 times",)),
        (
            {"size_ratio": 0.27, "printed_accuracy": 0.912, "printed_in_cell": 31},
            ("27.00", "91.20", "cell 31"),
        ),
        (
            {"most_sensitive": "features.1", "mean_accuracy": 0.6, "named": False},
            ("features.1", "60.00", "does not name"),
        ),
        ({"most_sensitive": None}, ("cannot be read",)),
        ({"something_new": [1, 2]}, ()),
        ({"state": "answered", "cell": 3, "answer": "x = 1"}, ()),
    ],
)
def test_evidence_is_told_in_sentences(evidence: dict[str, Json], said: tuple[str, ...]) -> None:
    """No key of the evidence is shown, also none that this grader does not know."""
    found = sentences(measured(None, **evidence))
    assert bool(found) == bool(said)
    assert all(each in " ".join(found) for each in said)
    assert all(each.endswith(".") for each in found)
    assert not any("_" in each or ": " in each for each in found)


def test_the_reason_is_told_once() -> None:
    """Not that a person marks it, which the card is for, and not what the properties say."""
    assert sentences(measured("The answer is empty. A person marks it.")) == (
        "The answer is empty.",
    )
    assert sentences(measured("Marked by a person.")) == ()
    broken: list[Json] = [{"property": "zeros", "why": "It made 4."}]
    assert sentences(measured("It made 4.", held=[], broken=broken)) == ()


def test_code_is_shown_once() -> None:
    """The code that was run is shown only if it is not the answer."""
    assert ran_other_code(measured(answer="def f(): pass", source="def f(): pass\n")) == ""
    assert ran_other_code(measured(answer="def f(): pass", source="def g(): 1")) == "def g(): 1"
    assert ran_other_code(measured(answer="x")) == ""
