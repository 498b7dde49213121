"""The words that compare, deny, plan, bound, and name machines."""

import re

import pytest

from grader.writeup.claim_words import (
    Machine,
    Machines,
    bound,
    comparison,
    introduces_other,
    is_denied,
    is_plan,
    turns,
)


@pytest.mark.parametrize(
    ("text", "less", "kind"),
    [
        ("is faster", True, "time"),
        ("a slowdown", False, "time"),
        ("compressed", True, "size"),
        ("larger", False, "size"),
        ("reduces latency", True, None),
        ("a higher accuracy", False, None),
        ("a higher speed", None, None),
        ("better", None, None),
    ],
)
def test_a_word_says_which_number_is_less(text: str, less: bool | None, kind: str | None) -> None:
    """Faster is less time; a higher speed and "better" do not say it."""
    found = comparison(text)
    assert found is not None
    assert (found.less, found.kind) == (less, kind)


def test_the_word_after_the_number_comes_first() -> None:
    """The compressed model is 2x faster: the number is about the time."""
    text = "the compressed model is 2x faster"
    found = comparison(text, text.index("2x"))
    assert found is not None
    assert found.kind == "time"
    assert comparison("It is 5.9 MB.") is None


@pytest.mark.parametrize(
    ("text", "plan"),
    [("it should be 4x", True), ("as we expected, 4x", False), ("we expected 4x", True)],
)
def test_a_plan_is_no_result(text: str, plan: bool) -> None:
    """What was expected is one, unless it came as expected."""
    assert is_plan(text) is plan


@pytest.mark.parametrize(
    ("before", "expected"),
    [("it is over ", ">"), ("less than ", "<"), ("nearly ", "~"), ("~", "~"), ("it is ", "")],
)
def test_the_words_before_a_number_bound_it(before: str, expected: str) -> None:
    """Of the words before a number the last ones count."""
    assert bound(before) == expected


def test_a_name_after_than_is_what_is_compared_with() -> None:
    """The subject of a speedup is none."""
    assert introduces_other("2x faster than ")
    assert introduces_other("a quarter of ")
    assert not introduces_other("the speedup of ")


def test_denials_and_turns() -> None:
    """A clause after "but" is no longer part of the plan before it."""
    assert is_denied("it is not faster")
    assert not is_denied("it is faster")
    assert turns("but")
    assert not turns(",")


def test_two_machines_in_one_clause_are_a_comparison_of_machines() -> None:
    """Then no number in it is one of the table."""
    machines = Machines(this=(re.compile("jetson", re.IGNORECASE),), other=(re.compile("laptop"),))
    assert machines.named("on the Jetson") is Machine.THIS
    assert machines.named("on this device") is Machine.THIS
    assert machines.named("in the previous lab") is Machine.OTHER
    assert machines.named("the Jetson is slower than the laptop") is Machine.OTHER
    assert machines.named("it is slower") is Machine.UNKNOWN
