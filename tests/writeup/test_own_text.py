import pytest

from grader.writeup.own_text import OwnText
from grader.writeup.text import Paragraph

LAB = """
## Discussion
0. Report the device you're using, and the operating system that you run on it.
   See [the page of the Raspberry Pi](https://example.org/pi) for its "specific" capabilities.
"""


def parts(text: str) -> list[tuple[str, bool]]:
    """The parts of one paragraph."""
    found = OwnText(LAB).parts([Paragraph(text=text, page=3)])
    assert {each.page for each in found} <= {3}
    return [(each.text, each.own) for each in found]


@pytest.mark.parametrize(
    "copy",
    [
        "0. Report the device you're using, and the operating system that you run on it.",
        "Q0) Report the device you’re using , and the operating system that you run on it",  # noqa: RUF001
        "REPORT THE DEVICE YOU'RE USING AND THE OPERATING SYSTEM THAT YOU RUN ON IT",
        "2. Discussion",
    ],
)
def test_a_copied_question_is_the_labs_own(copy: str) -> None:
    """With other numbers, quotation marks, spaces and letters."""
    assert [own for _, own in parts(copy)][-1]
    assert all(own or text in {"Q0)", "0."} for text, own in parts(copy))


def test_the_answer_behind_a_question_is_the_students() -> None:
    """In one paragraph."""
    question = "Report the device you're using, and the operating system that you run on it."
    assert parts(f"{question} Raspberry Pi 4, Ubuntu.") == [
        (question, True),
        ("Raspberry Pi 4, Ubuntu.", False),
    ]


def test_two_changed_words_stay_in_the_question() -> None:
    """The lab's words go on behind them."""
    text = "Report the device you're using, and the good old operating system that you run on it."
    assert parts(text)[0][1]
    assert len(parts(text)) == 1 or not parts(text)[1][1]


def test_a_few_equal_words_are_not_the_labs() -> None:
    """A student's sentence may have them."""
    assert parts("We ran the device and the operating system for a week.") == [
        ("We ran the device and the operating system for a week.", False)
    ]
    assert parts("") == []
