import pytest
from pydantic import ValidationError

from grader.labs.write_up_answer import WriteUpAnswer


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ({}, "patterns or words"),
        ({"words": [" "]}, "empty"),
        ({"patterns": ["("]}, "regular expression"),
        ({"patterns": ["(a+)+"]}, "repeated"),
    ],
)
def test_an_answer_that_cannot_be_searched_is_refused(
    content: dict[str, object], word: str
) -> None:
    """The fault is named."""
    with pytest.raises(ValidationError, match=word):
        WriteUpAnswer.model_validate({"id": "device", "title": "Device", **content})


def test_words_or_patterns_are_enough() -> None:
    """Either of them."""
    assert WriteUpAnswer(id="a", title="A", words=("Jetson",)).patterns == ()
    assert WriteUpAnswer(id="a", title="A", patterns=(r"i\d",)).words == ()
